package process_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"assay/internal/process"
)

// shell runs a script, which is killed when the test ends.
func shell(t *testing.T, script string) *process.Process {
	t.Helper()
	p, err := process.Start("/bin/sh", "-c", script)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Kill(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestAProcessIsReadyOnceItPrintsItsAddress(t *testing.T) {
	p := shell(t, "echo starting; echo 'ready at http://127.0.0.1:1 and more'; exec sleep 60")
	url, err := p.URL(t.Context())
	if want := "http://127.0.0.1:1"; err != nil || url != want {
		t.Errorf("URL is %q, %v; want %q", url, err, want)
	}
}

func TestAnEarlyEndIsToldWithTheLog(t *testing.T) {
	_, err := shell(t, "echo no disk >&2; exit 3").URL(t.Context())
	if err == nil || !strings.Contains(err.Error(), "no disk") || !strings.Contains(err.Error(), "exit status 3") {
		t.Errorf("error is %v, want one with the exit status and the log", err)
	}
}

func TestStopTellsOfABadExitCode(t *testing.T) {
	p := shell(t, `trap 'exit 7' TERM; echo http://ready; while :; do sleep 0.01; done`)
	if _, err := p.URL(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := p.Stop(t.Context()); err == nil || !strings.Contains(err.Error(), "exit code 7") {
		t.Errorf("error is %v, want one with exit code 7", err)
	}
}

func TestStopKillsWhatDoesNotListen(t *testing.T) {
	p := shell(t, `trap '' TERM; echo http://ready; while :; do sleep 0.01; done`)
	if _, err := p.URL(t.Context()); err != nil {
		t.Fatal(err)
	}
	impatient, cancel := context.WithTimeout(t.Context(), time.Millisecond)
	defer cancel()
	if err := p.Stop(impatient); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("error is %v, want that of the context", err)
	}
	select {
	case <-p.Exited():
	default:
		t.Error("the process still runs")
	}
}

func TestUsageIsThatOfTheProcess(t *testing.T) {
	p := shell(t, `i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done; echo http://done; exec sleep 60`)
	if _, err := p.URL(t.Context()); err != nil {
		t.Fatal(err)
	}
	u, err := p.Usage()
	if err != nil {
		t.Fatal(err)
	}
	page := int64(os.Getpagesize())
	if u.CPU <= 0 || u.Memory < page || u.Peak < u.Memory {
		t.Errorf("usage is %+v, want some CPU and memory", u)
	}
}
