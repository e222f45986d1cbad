package clustertest_test

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"assay/client"
	"assay/controlplane/backup"
	"assay/controlplane/replica"
	"assay/controlplane/state"
	"assay/internal/clustertest"
)

// restore puts a snapshot back by way of a server.
func restore(t *testing.T, s *clustertest.Server, data []byte, other bool) (client.Restored, error) {
	t.Helper()
	open := func() (io.Reader, error) { return bytes.NewReader(data), nil }
	return s.Operator().RestoreSnapshot(t.Context(), open, other)
}

// save takes a snapshot by way of a server.
func save(t *testing.T, s *clustertest.Server) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := s.Operator().SaveSnapshot(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// snapshotOf is one with a finished and a queued submission, and their ids.
func snapshotOf(t *testing.T) (data []byte, done, queued string) {
	t.Helper()
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 1)
		done = submit(t, c.Leader(), printed("a"))
		accepted(t, c.Leader(), done)
		running := submit(t, c.Leader(), sleep("1h", "0"))
		queued = submit(t, c.Leader(), printed("b"))
		data = save(t, c.Followers()[0])
		if got, err := c.Leader().Client().Get(t.Context(), running); err != nil || got.Status != "running" {
			t.Errorf("the save has disturbed something: %+v, %v", got, err)
		}
	})
	return data, done, queued
}

func TestASnapshotIsRestoredIntoANewClusterOnAllServersWithItsBlobs(t *testing.T) {
	data, done, queued := snapshotOf(t)
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 2)
		forgotten := submit(t, c.Leader(), sleep("1s", "0"))
		accepted(t, c.Leader(), forgotten)
		got, err := restore(t, c.Followers()[0], data, false)
		if err != nil || got.Submissions != 3 || got.Blobs == 0 || got.Cluster != "test" {
			t.Fatalf("%+v, %v", got, err)
		}
		accepted(t, c.Leader(), done, queued)
		c.Agree()
		c.Until("all servers hold all blobs", func() bool {
			return c.Servers[0].Blobs() == c.Servers[1].Blobs() && c.Servers[1].Blobs() == c.Servers[2].Blobs()
		})
		for _, s := range c.Servers {
			if _, ok := s.View().Get(forgotten); ok {
				t.Errorf("%s remembers what was before", s.ID)
			}
		}
		if found, err := c.Leader().Operator().CheckServers(t.Context()); err != nil || found.Agreed == nil {
			t.Errorf("%+v, %v", found, err)
		}
		// What was restored is as durable as what was handed in.
		c.Leader().Kill()
		after := submit(t, c.Leader(), printed("c"))
		accepted(t, c.Leader(), done, after)
		out, err := c.Leader().Client().Output(t.Context(), done, "1", "stdout")
		if err != nil {
			t.Fatal(err)
		}
		out.Close()
	})
}

func TestAServerThatWasAwayDuringARestoreGetsItAll(t *testing.T) {
	data, done, _ := snapshotOf(t)
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		away := c.Followers()[0]
		away.Kill()
		if _, err := restore(t, c.Leader(), data, false); err != nil {
			t.Fatal(err)
		}
		away.Start()
		c.Agree()
		c.Until("it holds all blobs", func() bool { return away.Blobs() == c.Leader().Blobs() })
		if got, err := away.Client().Get(t.Context(), done); err != nil || got.Verdict != "accepted" {
			t.Errorf("%+v, %v", got, err)
		}
	})
}

func TestASnapshotThatIsNotMeantOrNotGoodIsRefusedAndNothingIsLost(t *testing.T) {
	good, _, _ := snapshotOf(t)
	flipped := bytes.Clone(good)
	flipped[len(flipped)/2] ^= 1
	newer := bytes.Replace(good, []byte("snapshot 1"), []byte("snapshot 2"), 1)
	empty := state.New().View()
	suite := state.New()
	suite.LoadSuite(state.Suite{Tenant: "a", Digest: "sha256:" + "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"})
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		c.Agent("a1", 2)
		before := submit(t, c.Leader(), printed("a"))
		accepted(t, c.Leader(), before)
		for name, tt := range map[string]struct {
			data   []byte
			other  bool
			status int
			detail string
		}{
			"of another cluster":  {snapshot(t, "theirs", empty), false, http.StatusConflict, `of "theirs", and this is "test"`},
			"cut off":             {good[:len(good)-100], false, http.StatusUnprocessableEntity, "cut off"},
			"flipped":             {flipped, false, http.StatusUnprocessableEntity, "not what was written"},
			"of a newer format":   {newer, false, http.StatusUnprocessableEntity, `its format is "2"`},
			"no snapshot":         {[]byte("hello"), true, http.StatusUnprocessableEntity, "not a snapshot"},
			"empty":               {nil, true, http.StatusUnprocessableEntity, "not a snapshot"},
			"without its blobs":   {snapshot(t, "test", suite.View()), false, http.StatusUnprocessableEntity, "lacks the blob"},
			"with a broken state": {rawSnapshot(t, "test", []byte("state")), false, http.StatusUnprocessableEntity, "its state"},
		} {
			_, err := restore(t, c.Servers[1], tt.data, tt.other)
			var p *client.Problem
			if !errors.As(err, &p) || p.Status != tt.status || !strings.Contains(p.Detail, tt.detail) {
				t.Errorf("%s: %v", name, err)
			}
		}
		open := func() (io.Reader, error) { return bytes.NewReader(good), nil }
		if _, err := c.Leader().Client().RestoreSnapshot(t.Context(), open, false); err == nil {
			t.Error("somebody without the operator's token restores")
		}
		if err := c.Leader().Client().SaveSnapshot(t.Context(), io.Discard); err == nil {
			t.Error("somebody without the operator's token saves")
		}
		accepted(t, c.Leader(), before, submit(t, c.Leader(), printed("b")))
		c.Agree()
		if _, err := restore(t, c.Servers[1], snapshot(t, "theirs", empty), true); err != nil {
			t.Errorf("told so explicitly: %v", err)
		}
	})
}

func snapshot(t *testing.T, cluster string, v state.View) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := replica.WriteState(&b, v, 7); err != nil {
		t.Fatal(err)
	}
	return rawSnapshot(t, cluster, b.Bytes())
}

func rawSnapshot(t *testing.T, cluster string, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	m := backup.Manifest{Cluster: cluster, Index: 7}
	write := func(w io.Writer) error { _, err := w.Write(content); return err }
	if _, err := backup.Save(t.Context(), &b, m, write, nil, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestAServerThatStartsAfterARestoreFindsIt(t *testing.T) {
	data, done, _ := snapshotOf(t)
	clustertest.Run(t, 3, func(t *testing.T, c *clustertest.Cluster) {
		if _, err := restore(t, c.Leader(), data, false); err != nil {
			t.Fatal(err)
		}
		for _, s := range c.Servers {
			s.Kill()
		}
		for _, s := range c.Servers {
			s.Start()
		}
		accepted(t, c.Leader(), done)
		c.Agree()
		// One that begins with nothing gets the restored state as well.
		replaced := c.Followers()[0]
		replaced.Kill()
		if err := os.RemoveAll(replaced.Dir()); err != nil {
			t.Fatal(err)
		}
		replaced.Start()
		c.Until("it has joined", func() bool { return replaced.Index() > 0 })
		c.Until("it has a vote again", func() bool { return votes(t, c, replaced.ID) })
		accepted(t, replaced, done)
	})
}
