# Go without the go command: compiling and linking against export data of the
# standard library that was made once takes 0.09 s, where "go build" takes 0.2
# and a writable cache.
language "go" {
  name        = "Go"
  aliases     = ["golang", "60", "95", "106", "107"]
  source_file = "main.go"
  extensions  = [".go"]
  version     = ["{go}", "version"]

  tool "go" {
    candidates = ["/usr/local/go/bin/go", "/usr/lib/go-[0-9]*/bin/go", "/usr/lib/go/bin/go"]
    home       = 2
  }

  prepare {
    required = true
    argv = ["/bin/sh", "-ec", <<-EOT
      umask 022
      export GOROOT="$2" GOCACHE="$3/build" GOPATH="$3/path" GOFLAGS=-trimpath GOTOOLCHAIN=local CGO_ENABLED=0 GOPROXY=off
      # Whoever has built assay here has most of the library compiled already.
      if test -d "$5/go-build"; then GOCACHE="$5/go-build"; fi
      "$1" list -export -f '{{if .Export}}{{.ImportPath}} {{.Export}}{{end}}' std > list
      mkdir std
      while read -r package file; do
        name=$(printf %s "$package" | tr / _).a
        cp "$file" "std/$name"
        printf 'packagefile %s=%s/std/%s\n' "$package" "$4" "$name"
      done < list > importcfg
      rm -rf build path list
      test -s importcfg
    EOT
    , "prepare", "{go}", "{go.home}", "{dest}", "{cache}", "{user_cache}"]
  }
  compile {
    argv = ["/bin/sh", "-ec", <<-EOT
      cfg=$2 out=$3
      for tool in "$1"/pkg/tool/linux_*; do :; done
      shift 3
      "$tool/compile" -o /tmp/main.a -p main -complete -pack -importcfg "$cfg" "$@"
      exec "$tool/link" -o "$out" -importcfg "$cfg" -buildmode=exe -s -w /tmp/main.a
    EOT
    , "compile", "{go.home}", "{cache}/importcfg", "{output}", "{options}", "{sources}"]
    env       = { GOMAXPROCS = "{cpus}", GOROOT = "{go.home}" }
    output    = "main"
    artifacts = ["main"]
  }
  run {
    argv            = ["./{output}"]
    env             = { GOMAXPROCS = "{cpus}", GOMEMLIMIT = "{memory_mb}MiB", GOTRACEBACK = "single" }
    processes_extra = 16
    memory_evidence = ["runtime: out of memory", "cannot allocate memory"]
  }

  hello {
    source = <<-EOT
      package main

      import (
      	"fmt"
      	"sort"
      	"strings"
      )

      func main() {
      	s := strings.Fields("c a b")
      	sort.Strings(s)
      	fmt.Println(s)
      }
    EOT
    stdout = "[a b c]"
  }
}
