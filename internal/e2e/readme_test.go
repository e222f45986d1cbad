package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"assay/client"
)

const root = "../.."

var shellBlock = regexp.MustCompile("(?s)```sh\n(.*?)```")

// commandsOf lists the commands in the sh blocks of a page, with continued
// lines and quoted texts in one piece.
func commandsOf(t *testing.T, name string) []string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, name))
	if err != nil {
		t.Fatal(err)
	}
	var commands []string
	for _, block := range shellBlock.FindAllStringSubmatch(string(page), -1) {
		open := false
		for line := range strings.Lines(block[1]) {
			if open {
				commands[len(commands)-1] += line
			} else {
				commands = append(commands, line)
			}
			last := commands[len(commands)-1]
			open = strings.HasSuffix(last, "\\\n") || strings.Count(last, "'")%2 == 1
		}
	}
	if len(commands) == 0 {
		t.Fatalf("%s holds no commands", name)
	}
	return commands
}

// guide runs the commands of a page as a reader would, in the project's
// folder, against a server that listens elsewhere.
type guide struct {
	url      string
	makefile string
	data     string          // the server's data directory
	backups  string          // where snapshots go
	ran      map[string]bool // kinds of commands
}

func (g *guide) follow(t *testing.T, command string) {
	t.Helper()
	kind := strings.Join(strings.Fields(command)[:2], " ")
	if strings.HasPrefix(kind, "curl ") {
		kind = "curl"
	}
	g.ran[kind] = true
	switch kind {
	case "make demo", "make test":
		if target := strings.TrimPrefix(kind, "make "); !strings.Contains(g.makefile, "\n"+target+": ") {
			t.Errorf("there is no target %s", target)
		}
	case "bin/assay dev", "assay server", "assay agent":
		g.checkFlags(t, command)
	case "bin/assay bench":
		command = strings.Replace(command, "--requests 100", "--requests 3", 1)
		g.shell(t, command, 0)
	case "bin/assay judge":
		want := 0
		if strings.Contains(command, "/wrong.") {
			want = 1
		}
		g.shell(t, command, want)
	case "assay operator":
		g.operate(t, command)
	case "curl":
		if output := g.shell(t, command, 0); !strings.Contains(output, `"verdict":"accepted"`) {
			t.Errorf("%s answers:\n%s", command, output)
		}
	default:
		t.Errorf("this test does not know what %q should do", command)
	}
}

// operate runs what is for operators: on the server, or on the data directory of
// one that does not run, which this is not.
func (g *guide) operate(t *testing.T, command string) {
	t.Helper()
	if strings.Contains(command, " raft recover ") {
		g.shell(t, strings.ReplaceAll(command, "/var/lib/assay/server", g.backups), 2)
		return
	}
	command = strings.ReplaceAll(strings.TrimSpace(command), "/backup", g.backups)
	g.shell(t, fmt.Sprintf("%s --addr %s --token-file %s", command, g.url, filepath.Join(g.data, "operator-token")), 0)
}

// checkFlags holds that a server would start with these flags.
func (g *guide) checkFlags(t *testing.T, command string) {
	t.Helper()
	g.shell(t, strings.TrimSpace(command)+" --print-config", 0)
}

func (g *guide) shell(t *testing.T, command string, want int) (stdout string) {
	t.Helper()
	command = regexp.MustCompile(`(?m)^(bin/)?assay\b`).ReplaceAllLiteralString(command, binary)
	command = strings.ReplaceAll(command, "http://127.0.0.1:2358", g.url)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	shell := exec.CommandContext(ctx, "sh", "-ec", command)
	shell.Dir = root
	output, err := shell.Output()
	exit, failed := errors.AsType[*exec.ExitError](err)
	if err != nil && !failed {
		t.Fatal(err)
	}
	if got := shell.ProcessState.ExitCode(); got != want {
		stderr := ""
		if failed {
			stderr = string(exit.Stderr)
		}
		t.Errorf("%s: exit code %d, want %d\n%s%s", command, got, want, output, stderr)
	}
	return string(output)
}

func TestTheCommandsOfTheDocumentationWork(t *testing.T) {
	needBoxes(t)
	makefile, err := os.ReadFile(filepath.Join(root, "Makefile"))
	if err != nil {
		t.Fatal(err)
	}
	data := t.TempDir()
	server, _ := start(t, data)
	g := &guide{url: server.URL, makefile: string(makefile), data: data, backups: t.TempDir(), ran: map[string]bool{}}
	for _, page := range []string{"README.md", "docs/cli.md", "docs/api.md", "docs/languages.md", "docs/operations.md"} {
		for _, command := range commandsOf(t, page) {
			g.follow(t, command)
		}
	}
	for _, kind := range []string{"make demo", "make test", "curl", "bin/assay dev", "bin/assay judge", "bin/assay bench"} {
		if !g.ran[kind] {
			t.Errorf("no page shows %s", kind)
		}
	}
}

// The language that the page adds as an example judges a program.
func TestTheLanguageOfTheExampleJudges(t *testing.T) {
	needBoxes(t)
	page, err := os.ReadFile(filepath.Join(root, "docs", "languages.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```hcl\n")
	example, _, _ := strings.Cut(rest, "```")
	plugins := t.TempDir()
	if err := os.WriteFile(filepath.Join(plugins, "awk.hcl"), []byte(example), 0o600); err != nil {
		t.Fatal(err)
	}
	_, c := start(t, t.TempDir(), "--toolchain.plugins", plugins)
	s, err := c.Judge(t.Context(), client.Request{
		Language: "awk", Source: "{ print $1 + $2 }",
		Tests: []client.Test{{ID: "1", Stdin: "40 2\n", Expected: client.Expect("42\n")}},
	})
	if err != nil || s.Verdict != "accepted" {
		t.Errorf("verdict %q, %v", s.Verdict, err)
	}
}
