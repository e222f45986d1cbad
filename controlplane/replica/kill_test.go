package replica

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
)

// victim is set in the environment of the process that is to be killed: the
// directory of its replica.
const victim = "ASSAY_REPLICA_TEST_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(victim); dir != "" {
		submitUntilKilled(dir)
	}
	os.Exit(m.Run())
}

// submitUntilKilled writes the id of every submission that was acknowledged,
// after it was.
func submitUntilKilled(dir string) {
	r := New(Config{NodeID: "n1", Dir: dir, Bootstrap: true, SegmentSize: 1 << 20}, slog.New(slog.DiscardHandler), nil)
	ctx := context.Background()
	go func() { fmt.Println("error", r.Run(ctx)) }()
	if err := r.Ready(ctx); err != nil {
		fmt.Println("error", err)
	}
	var n atomic.Int64
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for {
				id := fmt.Sprintf("%08d", n.Add(1))
				if _, err := r.Propose(ctx, submit(id)); err != nil {
					fmt.Println("error", err)
				}
				fmt.Println(id)
			}
		})
	}
	wg.Wait()
}

func TestAKillLosesNothingThatWasAcknowledged(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		acknowledged := killAfter(t, dir+fmt.Sprint(round), 300*(round+1))
		r := alone(t, dir+fmt.Sprint(round))
		for _, id := range acknowledged {
			if _, ok := r.View().Get(id); !ok {
				t.Errorf("round %d: %s was acknowledged and is gone", round, id)
			}
		}
		r.must(t, submit("after"))
		r.stop()
	}
}

// killAfter kills a replica once it has acknowledged n submissions and returns
// all that it acknowledged.
func killAfter(t *testing.T, dir string, n int) []string {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), victim+"="+dir)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var ids []string
	lines := bufio.NewReader(out)
	for {
		line, err := lines.ReadString('\n')
		if err == io.EOF {
			break // a line that was cut off counts as not acknowledged
		}
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strings.TrimSpace(line))
		if strings.HasPrefix(line, "error") {
			t.Errorf("victim: %s", line)
			n = 0
		}
		if len(ids) >= n {
			cmd.Process.Kill()
		}
	}
	cmd.Wait()
	if s, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || s.Signal() != syscall.SIGKILL {
		t.Fatalf("victim ended by itself: %v", cmd.ProcessState)
	}
	return ids
}
