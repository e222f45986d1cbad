package mesh

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func addr(host string, port int) net.Addr { return address(fmt.Sprintf("%s:%d", host, port)) }

func TestOfEachHostThatIsTurnedAwayThereIsOneLineInAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var out bytes.Buffer
		away := NewTurnedAway(slog.New(slog.NewTextHandler(&out, nil)))
		why := errors.New("another authority")
		for port := range 255 {
			away.Tell(addr("10.0.0.1", port), why)
			away.Tell(addr("[::1]", port), why)
		}
		if n := strings.Count(out.String(), "\n"); n != 2 {
			t.Errorf("%d lines, want one of each host:\n%s", n, out.String())
		}
		out.Reset()
		time.Sleep(TellEvery)
		away.Tell(addr("10.0.0.1", 1), why)
		if line := out.String(); !strings.Contains(line, "another authority") || !strings.Contains(line, "left_out=254") {
			t.Errorf("later: %s", line)
		}
	})
}

func TestManyHostsThatAreTurnedAwayTakeUpLittleMemory(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		away := NewTurnedAway(slog.New(slog.DiscardHandler))
		for i := range 10_000 {
			away.Tell(addr(fmt.Sprintf("10.0.%d.%d", i/256, i%256), 1), errors.New("no"))
		}
		if n := len(away.hosts); n > mostHosts+1 {
			t.Errorf("%d hosts are known", n)
		}
		time.Sleep(TellEvery)
		if _, due := away.due("10.9.9.9"); !due || len(away.hosts) != 1 {
			t.Errorf("a new host is due %t, among %d", due, len(away.hosts))
		}
	})
}
