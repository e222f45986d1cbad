package native_test

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/agent/box"
	"assay/agent/box/native"
	"assay/judge"
)

// A toolchain's programs: name is installed with source as its content, then
// the commands run in turn, and the last one prints "42\n".
type toolchain struct {
	tool     string
	name     string
	source   string
	commands []string
	mounts   func(tool string) []box.Mount
}

var toolchains = []toolchain{
	{
		tool: "bash", name: "main.sh",
		source:   `f() { echo $(( $1 * 2 )); }; x=$(f 21 | cat); diff <(echo $x) <(f 21) && echo $x`,
		commands: []string{"/bin/bash main.sh"},
	},
	{
		tool: "gcc", name: "main.c",
		source:   "#include <stdio.h>\n#include <math.h>\nint main(void) { printf(\"%.0f\\n\", floor(42.5)); }",
		commands: []string{"gcc -O2 -o main main.c -lm", "./main"},
	},
	{
		tool: "g++", name: "main.cc",
		source: "#include <iostream>\n#include <thread>\n#include <filesystem>\nint main() { int n = 0; std::thread t([&] { n = 42; }); t.join();" +
			" if (std::filesystem::exists(\"main\")) std::cout << n << std::endl; }",
		commands: []string{"g++ -std=c++17 -O2 -pthread -o main main.cc", "./main"},
	},
	{
		tool: "python3", name: "main.py",
		source: "import subprocess, threading, tempfile, multiprocessing\nn = []\n" +
			"t = threading.Thread(target=lambda: n.append(21)); t.start(); t.join()\n" +
			"with tempfile.TemporaryFile() as f: f.write(b'x')\n" +
			"if __name__ == '__main__':\n" +
			"    with multiprocessing.Pool(2) as p: m = p.map(abs, [-1, -2])\n" +
			"    n.append(int(subprocess.run(['/bin/echo', '21'], capture_output=True).stdout))\n    print(sum(n))",
		commands: []string{"/usr/bin/python3 main.py"},
	},
	{
		tool: "node", name: "main.js",
		source: "const { Worker } = require('worker_threads'); const fs = require('fs');\n" +
			"fs.promises.readFile('main.js').then(() => { const w = new Worker('require(\"worker_threads\").parentPort.postMessage(42)', { eval: true });" +
			" w.on('message', console.log); });",
		commands: []string{"/usr/bin/node --max-old-space-size=256 main.js"},
	},
	{
		tool: "javac", name: "Main.java",
		source: "import java.util.stream.*; public class Main { public static void main(String[] a) throws Exception {" +
			" int[] n = {0}; Thread t = new Thread(() -> n[0] = 41); t.start(); t.join();" +
			" System.out.println(n[0] + IntStream.range(0, 2).parallel().sum()); } }",
		commands: []string{"javac -J-XX:+UseSerialGC -d . Main.java", "java -XX:+UseSerialGC -Xmx64m Main", "java -Xmx256m Main"},
	},
	{
		tool: "go", name: "main.go",
		source: "package main\nimport (\"os\"; \"sync\")\nfunc main() { var w sync.WaitGroup; s := \"\"; w.Add(1); go func() { s = \"42\\n\"; w.Done() }(); w.Wait();" +
			" os.Stdout.WriteString(s) }",
		commands: []string{"go build -o main main.go", "./main"},
		mounts:   func(tool string) []box.Mount { return same(filepath.Dir(filepath.Dir(tool))) },
	},
	{
		tool: "rustc", name: "main.rs",
		source:   "use std::thread; fn main() { let t = thread::spawn(|| 42); println!(\"{}\", t.join().unwrap()); }",
		commands: []string{"rustc -O -o main main.rs", "./main"},
		mounts:   func(tool string) []box.Mount { return same(filepath.Dir(filepath.Dir(tool))) },
	},
}

func same(dir string) []box.Mount { return []box.Mount{{Source: dir, Target: dir}} }

func TestCompilersAndRunTimesWorkInABox(t *testing.T) {
	for _, tc := range toolchains {
		t.Run(tc.tool, func(t *testing.T) {
			tool := locate(t, tc.tool)
			cfg := native.Config{WorkKB: 1 << 20, Inodes: 50_000}
			if tc.mounts != nil {
				cfg.Mounts = tc.mounts(tool)
			}
			b, err := driver(t, cfg).Open(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			defer b.Close()
			tc.build(t, b, filepath.Dir(tool))
		})
	}
}

// build runs the commands; what one makes is installed for the next.
func (tc toolchain) build(t *testing.T, b box.Box, path string) {
	install(t, b, tc.name, strings.NewReader(tc.source))
	for i, line := range tc.commands {
		var stdout, stderr bytes.Buffer
		c := box.Command{
			Argv:   []string{"/bin/sh", "-c", "exec " + line},
			Env:    []string{"PATH=" + path + ":/usr/bin:/bin", "HOME=/tmp", "TMPDIR=/tmp", "GO111MODULE=off", "GOFLAGS=-p=2", "LANG=C.UTF-8"},
			Stdout: &stdout, Stderr: &stderr, Keep: true,
			Limits: judge.Limits{
				CPU: 2 * time.Minute, Wall: 5 * time.Minute, MemoryKB: 3 << 20, StackKB: 64 << 10,
				Processes: 200, OutputKB: 1 << 10, FileKB: 512 << 10,
			},
		}
		o, err := b.Run(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%s: %+v", line, o)
		last := i == len(tc.commands)-1
		if o.ExitCode != 0 || o.Signal != 0 || o.Limit != "" || (last && stdout.String() != "42\n") {
			t.Fatalf("%s: %+v\n%s%s", line, o, stdout.Bytes(), stderr.Bytes())
		}
		if !last {
			carry(t, b)
		}
	}
}

// Compilers are programs of the user's as well: what their input makes them do
// ends by a limit or fails.
func TestACompilerCannotBeTurnedAgainstItsHost(t *testing.T) {
	locate(t, "gcc")
	b, err := driver(t, native.Config{}).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	for name, source := range map[string]string{
		"endless device":  "#include </dev/zero>\n",
		"shadow file":     "#include \"/etc/shadow\"\n",
		"assembled file":  "__asm__(\".incbin \\\"/etc/shadow\\\"\");\n",
		"endless include": "#include \"main.c\"\n#include \"main.c\"\n",
		"huge data":       "char data[1L << 34] = {1}; int main(void) { return 0; }\n",
	} {
		install(t, b, "main.c", strings.NewReader(source))
		o, err := b.Run(t.Context(), box.Command{
			Argv: []string{"/usr/bin/gcc", "-o", "main", "main.c"},
			Env:  []string{"PATH=/usr/bin:/bin", "TMPDIR=/tmp"},
			Limits: judge.Limits{
				CPU: 2 * time.Second, Wall: 20 * time.Second, MemoryKB: 256 << 10, StackKB: 64 << 10, Processes: 32, OutputKB: 64, FileKB: 32 << 10,
			},
		})
		if err != nil || (o.ExitCode == 0 && o.Limit == judge.NoLimit) {
			t.Errorf("%s: %+v, %v", name, o, err)
		}
	}
}

// carry makes installed files of what the last run left.
func carry(t *testing.T, b box.Box) {
	names, err := b.List(t.Context(), 10)
	if err != nil {
		t.Fatal(err)
	}
	list, err := b.Collect(t.Context(), names, 100<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range list {
		if err := b.Install(t.Context(), []box.File{{Name: c.Name, Content: c.Content, Exec: c.Exec}}); err != nil {
			t.Fatal(err)
		}
		_ = c.Content.Close()
	}
}

// locate finds the real path of a tool, past version managers' shims.
func locate(t *testing.T, tool string) string {
	t.Helper()
	for _, system := range []string{"/usr/bin/" + tool, "/bin/" + tool} {
		if _, err := os.Stat(system); err == nil {
			return system
		}
	}
	name, err := exec.LookPath(tool)
	if err != nil {
		t.Skip("SKIPPED: this machine has no", tool)
	}
	if tool == "rustc" {
		root, err := exec.Command(name, "--print", "sysroot").Output()
		if err != nil {
			t.Skip("SKIPPED: rustc does not work:", err)
		}
		return filepath.Join(strings.TrimSpace(string(root)), "bin", "rustc")
	}
	real, err := filepath.EvalSymlinks(name)
	if err != nil {
		t.Fatal(err)
	}
	return real
}
