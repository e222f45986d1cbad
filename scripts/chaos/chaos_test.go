package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/client"
)

// TestMain lets the test's own program be a node, as the command is.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "-node" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestNothingIsLostWhenRealProcessesAreKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("it builds the program and kills it a few times")
	}
	dir := t.TempDir()
	o := options{assay: filepath.Join(dir, "assay"), dir: dir, seed: 1, rounds: 3, deeds: "leader,agent,all", rate: 50, agents: 2}
	build := exec.Command("go", "build", "-o", o.assay, "assay/cmd/assay")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build assay: %v\n%s", err, out)
	}
	if err := run(t.Context(), o); err != nil {
		t.Fatal(err)
	}
}

// judged is an accepted submission with one test that says message.
func judged(id, message string) client.Submission {
	return client.Submission{ID: id, Status: "finished", Verdict: "accepted", Tests: []client.TestResult{{Message: message}}}
}

func TestTheOracleSeesWhatMustNotBe(t *testing.T) {
	broken := judged("1", "run A")
	broken.Verdict, broken.Message = "judge_error", "no node"
	tests := map[string]struct {
		seen  []client.Submission
		wrong int
	}{
		"one result, read twice":             {[]client.Submission{judged("1", "run A"), judged("1", "run A")}, 0},
		"results of two submissions":         {[]client.Submission{judged("1", "run A"), judged("2", "run B")}, 0},
		"two results of one submission":      {[]client.Submission{judged("1", "run A"), judged("1", "run B")}, 1},
		"a verdict that no program deserves": {[]client.Submission{broken}, 1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			h := newHistory()
			for _, s := range tt.seen {
				h.saw(s, "n1")
			}
			if len(h.wrong) != tt.wrong {
				t.Errorf("the oracle says %q, want %d things", h.wrong, tt.wrong)
			}
		})
	}
}

func TestTheOracleSeesSubmissionsThatAreThereTwice(t *testing.T) {
	w := &world{history: newHistory()}
	ids := map[string]string{}
	for _, id := range []string{"1", "2"} {
		w.key(ids, client.Submission{ID: id, Metadata: []byte(`{"key":"k"}`)})
	}
	if len(w.history.wrong) != 1 {
		t.Errorf("the oracle says %q, want one thing", w.history.wrong)
	}
}

func TestTheOracleSeesStatesThatDiffer(t *testing.T) {
	at := func(index uint64, hash string) *client.StateHash { return &client.StateHash{Index: index, Hash: hash} }
	tests := map[string]struct {
		checked *client.StateHash
		agree   bool
	}{
		"the same":                {at(5, "aa"), true},
		"another state":           {at(5, "bb"), false},
		"another entry":           {at(4, "aa"), false},
		"a server that is silent": {nil, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			c := client.Cluster{Agreed: at(5, "aa"), Servers: []client.Server{
				{ID: "n1", Voter: true, Checked: at(5, "aa")}, {ID: "n2", Voter: true, Checked: tt.checked},
			}}
			if err := agreed(c); (err == nil) != tt.agree {
				t.Errorf("error is %v, want agreement %v", err, tt.agree)
			}
		})
	}
}

func TestTheSameKeyIsAlwaysTheSameSubmission(t *testing.T) {
	if diff := cmp.Diff(wish("1-1"), wish("1-1")); diff != "" {
		t.Error(diff)
	}
}
