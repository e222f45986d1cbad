package api

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"assay/client"
	"assay/controlplane/dispatch"
	"assay/judge"
)

func ended(t *testing.T, w *world) (id string, long []byte) {
	t.Helper()
	id = w.submit(small).ID
	long = []byte(strings.Repeat("\xff\x00é😀\"\\\n", 50_000))
	w.finish(id, judge.Result{
		Verdict: judge.RuntimeError, Node: "node-7", Class: "big", CPU: "some cpu",
		Compile: &judge.CompileResult{OK: true, Output: "warning: \xff", CPU: 412100 * time.Microsecond, MemoryKB: 9},
		Tests: []judge.TestResult{
			{
				ID: "1", Verdict: judge.RuntimeError, Message: "SIGSEGV", Reruns: 1,
				Outcome: judge.Outcome{Signal: 11, CPU: 1900 * time.Microsecond, MemoryKB: 1480, OutputBytes: 5},
				Stdout:  judge.Captured{Payload: w.put(long), Truncated: true},
				Stderr:  judge.Captured{Payload: judge.Payload{Inline: []byte("\xc3"), Size: 1}},
			},
			{ID: "2", Verdict: judge.Skipped},
		},
		Summary: judge.Summary{Total: 2, FirstFailed: "1", MaxCPU: 1900 * time.Microsecond, Groups: []judge.GroupResult{{ID: "s1", Verdict: judge.RuntimeError}}},
		Timing:  judge.Timing{Total: time.Second},
	})
	return id, long
}

func TestTheSubmissionObject(t *testing.T) {
	w := newWorld(t)
	id, long := ended(t, w)
	s := decodeAs[client.Submission](w.do("GET", "/v1/submissions/"+id, "").is(http.StatusOK))
	segv := 11
	want := client.Submission{
		ID: id, Status: "finished", Verdict: "runtime_error", Language: "cpp17", Priority: "normal", Tenant: "default",
		CreatedAt: s.CreatedAt, FinishedAt: s.FinishedAt, Attempts: 1, Agent: "node-7", NodeClass: "big", CPUModel: "some cpu",
		Compile: &client.Compile{OK: true, Output: "warning: \uFFFD", CPUMillis: 412.1, MemoryKB: 9},
		Summary: &client.Summary{Total: 2, FirstFailed: "1", MaxCPUMillis: 1.9, Groups: []client.GroupResult{{ID: "s1", Verdict: "runtime_error"}}},
		Timing:  &client.Timing{TotalMillis: 1000},
		Tests: []client.TestResult{
			{
				ID: "1", Verdict: "runtime_error", Signal: &segv, CPUMillis: 1.9, MemoryKB: 1480, OutputBytes: 5, Message: "SIGSEGV",
				Reruns: 1, StdoutTruncated: true, Stdout: strings.ReplaceAll(string(long), "\xff", "\uFFFD"), Stderr: "\uFFFD",
			},
			{ID: "2", Verdict: "skipped"},
		},
	}
	if diff := cmp.Diff(want, s); diff != "" {
		t.Error(diff)
	}
}

func TestOutputsComeAsBytesForTheAsking(t *testing.T) {
	w := newWorld(t)
	id, long := ended(t, w)
	s := decodeAs[client.Submission](w.do("GET", "/v1/submissions/"+id+"?encoding=base64", "").is(http.StatusOK))
	out, err := base64.StdEncoding.DecodeString(s.Tests[0].Stdout)
	if err != nil || string(out) != string(long) || s.Encoding != "base64" {
		t.Errorf("%d bytes, %v, encoding %q", len(out), err, s.Encoding)
	}
	raw := w.do("GET", "/v1/submissions/"+id+"/tests/1/stdout", "").is(http.StatusOK)
	if string(raw.body) != string(long) || raw.header.Get("Content-Type") != "application/octet-stream" || raw.header.Get("Assay-Truncated") != "true" {
		t.Errorf("%d bytes, %v", len(raw.body), raw.header)
	}
	if raw := w.do("GET", "/v1/submissions/"+id+"/tests/1/stderr", "").is(http.StatusOK); string(raw.body) != "\xc3" {
		t.Errorf("stderr %q", raw.body)
	}
	w.do("GET", "/v1/submissions/"+id+"/tests/3/stdout", "").problem(http.StatusNotFound)
	w.do("GET", "/v1/submissions/"+id+"/tests/1/stdin", "").problem(http.StatusNotFound)
	w.do("GET", "/v1/submissions/"+w.submit(small).ID+"/tests/1/stdout", "").problem(http.StatusConflict)
}

// Clients in other languages look at fields that Go would fill with zeros.
func TestFieldsThatMatterAreThereWhenTheyAreZero(t *testing.T) {
	w := newWorld(t)
	id, _ := ended(t, w)
	var s map[string]any
	if err := json.Unmarshal(w.do("GET", "/v1/submissions/"+id, "").body, &s); err != nil {
		t.Fatal(err)
	}
	second := s["tests"].([]any)[1].(map[string]any)
	for _, name := range []string{"exit_code", "signal", "stdout", "stderr", "stdout_truncated", "message", "cpu_ms"} {
		if _, ok := second[name]; !ok {
			t.Errorf("no %s in %v", name, second)
		}
	}
	if _, ok := s["cached"]; !ok {
		t.Error("no cached")
	}
}

func TestARunningSubmissionIsOneThatTheLeaderRuns(t *testing.T) {
	w := newWorld(t)
	id := w.submit(small).ID
	w.fleet.running[id] = dispatch.Running{Attempt: 2, Node: "node-7"}
	s := decodeAs[client.Submission](w.do("GET", "/v1/submissions/"+id, "").is(http.StatusOK))
	if s.Status != "running" || s.Attempts != 2 || s.Agent != "node-7" || s.FinishedAt != nil {
		t.Errorf("%+v", s)
	}
	if page := decodeAs[client.Page](w.do("GET", "/v1/submissions?status=running", "").is(http.StatusOK)); len(page.Submissions) != 1 {
		t.Errorf("%+v", page)
	}
	if page := decodeAs[client.Page](w.do("GET", "/v1/submissions?status=queued", "").is(http.StatusOK)); len(page.Submissions) != 0 {
		t.Errorf("%+v", page)
	}
}

func TestAResultThatIsGoneIsOurFault(t *testing.T) {
	w := newWorld(t)
	id, _ := ended(t, w)
	record, _ := w.log.View().Get(id)
	f, _, err := w.blobs.Open(record.Result.Digest)
	if err == nil {
		err = f.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := removeBlob(w, record.Result.Digest); err != nil {
		t.Fatal(err)
	}
	p := w.do("GET", "/v1/submissions/"+id, "").problem(http.StatusInternalServerError)
	if strings.Contains(p.Detail, "blob") {
		t.Errorf("inner detail is shown: %s", p.Detail)
	}
}
