package config_test

import (
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"assay/internal/config"
)

type settings struct {
	size    int
	grace   time.Duration
	dataDir string
}

func flags() (*flag.FlagSet, *settings) {
	s := &settings{}
	fs := flag.NewFlagSet("assay", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.IntVar(&s.size, "pool.size", 2, "boxes kept warm")
	fs.DurationVar(&s.grace, "pool.grace", time.Second, "wait before killing")
	fs.StringVar(&s.dataDir, "data-dir", "/var/lib/assay", "where data is kept")
	return fs, s
}

func file(t *testing.T, text string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "assay.hcl")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func TestAFlagBeatsTheEnvironmentWhichBeatsAFileWhichBeatsTheDefault(t *testing.T) {
	name := file(t, `
data_dir = "/from/file"
pool {
  size  = 8
  grace = "2s"
}`)
	for _, tt := range []struct {
		what string
		args []string
		env  []string
		want int
	}{
		{"default", nil, nil, 2},
		{"file", []string{"--config", name}, nil, 8},
		{"environment", []string{"--config", name}, []string{"ASSAY_POOL_SIZE=16"}, 16},
		{"flag", []string{"--config", name, "--pool.size=32"}, []string{"ASSAY_POOL_SIZE=16"}, 32},
		{"file named by the environment", nil, []string{"ASSAY_CONFIG=" + name}, 8},
	} {
		fs, s := flags()
		if err := config.Load(fs, tt.args, tt.env); err != nil {
			t.Fatalf("%s: %v", tt.what, err)
		}
		if s.size != tt.want {
			t.Errorf("%s: pool.size = %d, want %d", tt.what, s.size, tt.want)
		}
	}
}

func TestMistakesAreReportedWithFileAndLine(t *testing.T) {
	for name, tt := range map[string]struct{ text, want string }{
		"unknown setting":         {"\npool {\n  sise = 3\n}", `:3: unknown setting "pool.sise"`},
		"value that does not fit": {"pool {\n  grace = \"soon\"\n}", `:2: pool.grace = "soon"`},
		"not HCL":                 {"pool {", ":1: "},
		"labelled block":          {"pool \"a\" {\n}", ":1: block \"pool\" takes no label"},
		"an object":               {"data_dir = {}", ":1: data-dir: is not a string"},
		"a setting for flags":     {"config = \"x\"", ":1: unknown setting \"config\""},
	} {
		fs, _ := flags()
		err := config.Load(fs, []string{"--config", file(t, tt.text)}, nil)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error = %v, want one with %q", name, err, tt.want)
		}
	}
}

func TestABadVariableIsNamed(t *testing.T) {
	fs, _ := flags()
	err := config.Load(fs, nil, []string{"ASSAY_POOL_SIZE=many"})
	if err == nil || !strings.Contains(err.Error(), "ASSAY_POOL_SIZE") {
		t.Errorf("error = %v, want one that names ASSAY_POOL_SIZE", err)
	}
}

func TestFilesOfADirectoryAreReadInOrderOfName(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"1.hcl": "data_dir = \"/one\"", "2.hcl": "data_dir = \"/two\"", "note.txt": "not read"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	fs, s := flags()
	if err := config.Load(fs, []string{"--config", dir}, nil); err != nil {
		t.Fatal(err)
	}
	if s.dataDir != "/two" {
		t.Errorf("data-dir = %q, want the later file's", s.dataDir)
	}
}

func TestAnAliasHasThePrecedenceOfItsSetting(t *testing.T) {
	fs, s := flags()
	config.Alias(fs, "boxes", "pool.size")
	name := file(t, "pool {\n  size = 8\n}")
	if err := config.Load(fs, []string{"--boxes=5", "--config", name}, []string{"ASSAY_POOL_SIZE=16"}); err != nil {
		t.Fatal(err)
	}
	if s.size != 5 {
		t.Errorf("pool.size = %d, want what the flag says", s.size)
	}
}

func TestAnAliasSetsTheSameSettingAndIsNotPrinted(t *testing.T) {
	fs, s := flags()
	config.Alias(fs, "boxes", "pool.size")
	if err := config.Load(fs, []string{"--boxes=5"}, nil); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	config.Print(&printed, fs)
	if s.size != 5 || strings.Contains(printed.String(), "boxes =") || !strings.Contains(printed.String(), "size = 5 #") {
		t.Errorf("pool.size is %d and printed in:\n%s", s.size, &printed)
	}
}

func TestWhatIsPrintedCanBeLoaded(t *testing.T) {
	fs, _ := flags()
	if err := config.Load(fs, []string{"--pool.size=7", "--data-dir=/with \"quotes\" ${x}"}, nil); err != nil {
		t.Fatal(err)
	}
	var printed strings.Builder
	config.Print(&printed, fs)
	again, s := flags()
	if err := config.Load(again, []string{"--config", file(t, printed.String())}, nil); err != nil {
		t.Fatalf("%v in:\n%s", err, &printed)
	}
	if s.size != 7 || s.dataDir != `/with "quotes" ${x}` {
		t.Errorf("loaded %+v from:\n%s", *s, &printed)
	}
}
