package api

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"assay/client"
	"assay/controlplane/state"
	"assay/judge"
	"assay/proto/convert"
)

// head is a submission without what only its result tells.
func (a *API) head(r state.Record) (client.Submission, error) {
	metadata, err := a.metadata(r)
	if err != nil {
		return client.Submission{}, err
	}
	s := client.Submission{
		ID: r.ID, Status: string(r.Status), Verdict: string(r.Verdict),
		Language: r.Language, Priority: r.Priority.String(), Tenant: r.Tenant, Batch: r.Batch,
		Metadata: metadata, CreatedAt: r.CreatedAt, Attempts: r.Lost, Agent: r.Node,
	}
	switch r.Status {
	case judge.StatusFinished:
		s.Attempts = r.Attempt
		s.Summary = summaryOf(r.Summary)
	case judge.StatusQueued:
		if run, ok := a.Dispatch.Running(r.ID); ok {
			s.Status, s.Attempts, s.Agent = string(judge.StatusRunning), run.Attempt, run.Node
		}
	}
	if r.Status.Terminal() {
		s.FinishedAt = &r.FinishedAt
	}
	return s, nil
}

func (a *API) metadata(r state.Record) ([]byte, error) {
	data, err := a.load(r.Spec)
	if err != nil {
		return nil, fmt.Errorf("load spec of %s: %w", r.ID, err)
	}
	return convert.DecodeMetadata(data)
}

// result is what judging brought to light; zero for what was not judged.
func (a *API) result(r state.Record) (judge.Result, error) {
	data, err := a.load(r.Result)
	if err != nil {
		return judge.Result{}, fmt.Errorf("load result of %s: %w", r.ID, err)
	}
	return convert.DecodeResult(data)
}

// load reads a payload into memory.
func (a *API) load(p judge.Payload) ([]byte, error) {
	if p.Digest == "" {
		return p.Inline, nil
	}
	r, err := a.open(p)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data := make([]byte, p.Size)
	_, err = io.ReadFull(r, data)
	return data, err
}

// open reads a payload as a stream.
func (a *API) open(p judge.Payload) (io.ReadCloser, error) {
	if p.Digest == "" {
		return io.NopCloser(bytes.NewReader(p.Inline)), nil
	}
	f, _, err := a.Blobs.Open(p.Digest)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// addResult fills in what the result tells, the tests apart.
func addResult(s *client.Submission, r judge.Result, f form) {
	s.Message, s.NodeClass, s.CPUModel, s.NodeSpeed = r.Message, r.Class, r.CPU, r.Speed
	s.Timing = &client.Timing{
		QueueMillis: ms(r.Timing.Queue), CompileMillis: ms(r.Timing.Compile),
		RunMillis: ms(r.Timing.Run), TotalMillis: ms(r.Timing.Total),
	}
	if r.Compile != nil {
		s.Compile = compileOf(*r.Compile, f)
	}
}

func compileOf(c judge.CompileResult, f form) *client.Compile {
	out := strings.ToValidUTF8(c.Output, "\uFFFD")
	if f.base64 {
		out = base64.StdEncoding.EncodeToString([]byte(c.Output))
	}
	return &client.Compile{
		OK: c.OK, Output: out, Cached: c.Cached,
		CPUMillis: ms(c.CPU), WallMillis: ms(c.Wall), MemoryKB: c.MemoryKB,
	}
}

func summaryOf(s judge.Summary) *client.Summary {
	out := &client.Summary{
		Total: s.Total, Passed: s.Passed, FirstFailed: s.FirstFailed,
		Points: s.Points, MaxPoints: s.MaxPoints, MaxCPUMillis: ms(s.MaxCPU), MaxMemoryKB: s.MaxMemoryKB,
	}
	for _, g := range s.Groups {
		out.Groups = append(out.Groups, client.GroupResult{ID: g.ID, Verdict: string(g.Verdict), Points: g.Points})
	}
	return out
}

// testOf is a test's result without its outputs.
func testOf(t judge.TestResult) client.TestResult {
	out := client.TestResult{
		ID: t.ID, Verdict: string(t.Verdict), ExitCode: t.Outcome.ExitCode,
		CPUMillis: ms(t.Outcome.CPU), WallMillis: ms(t.Outcome.Wall), MemoryKB: t.Outcome.MemoryKB,
		OutputBytes: t.Outcome.OutputBytes, Points: t.Points, Message: t.Message, Reruns: t.Reruns,
		StdoutTruncated: t.Stdout.Truncated, StderrTruncated: t.Stderr.Truncated,
	}
	if t.Outcome.Signal != 0 {
		out.Signal = &t.Outcome.Signal
	}
	return out
}

// ms is a time in milliseconds, to the microsecond.
func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

func writeJSON(w http.ResponseWriter, status int, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("encode answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", strconv.Itoa(len(data)+1))
	w.WriteHeader(status)
	_, _ = w.Write(append(data, '\n')) // the client may have gone
	return nil
}
