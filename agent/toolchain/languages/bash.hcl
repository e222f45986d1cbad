language "bash" {
  name        = "Bash"
  aliases     = ["sh", "46"]
  source_file = "main.sh"
  extensions  = [".sh"]
  version     = ["{bash}", "--version"]
  warm        = ["/usr/lib/*-linux-gnu/libc.so.6", "/usr/lib/*-linux-gnu/libtinfo.so.6"]

  tool "bash" { candidates = ["/usr/bin/bash", "/bin/bash"] }

  run { argv = ["{bash}", "--norc", "--noprofile", "{source}"] }

  hello {
    source = <<-EOT
      a=(3 4)
      echo "$(( a[0] * a[1] ))" | cat
    EOT
    stdout = "12"
  }
}
