package replica

import (
	"io"
	"testing"

	"github.com/hashicorp/raft"
)

// A server that is killed right after it was given a snapshot has kept the log
// of before.
func TestALogThatASnapshotHasOvertakenGoesOnBehindIt(t *testing.T) {
	for name, tt := range map[string]struct {
		log         uint64 // entries
		snapshot    uint64 // index; 0: none
		last, after uint64 // of the log then, and where it goes on
	}{
		"no snapshot":        {3, 0, 3, 4},
		"within the log":     {12, 9, 12, 13},
		"at the log's end":   {9, 9, 9, 10},
		"beyond the log":     {3, 9, 0, 10},
		"and no log at all":  {0, 9, 0, 10},
		"nothing whatsoever": {0, 0, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			log, err := openLog(t.TempDir(), 1<<20, nil)
			if err != nil {
				t.Fatal(err)
			}
			defer log.Close()
			for i := range tt.log {
				store(t, log, i+1)
			}
			snapshots, err := raft.NewFileSnapshotStore(t.TempDir(), 2, io.Discard)
			if err != nil {
				t.Fatal(err)
			}
			if tt.snapshot > 0 {
				keep(t, snapshots, tt.snapshot)
			}
			if err := overtake(log, snapshots); err != nil {
				t.Fatal(err)
			}
			if last, err := log.LastIndex(); err != nil || last != tt.last {
				t.Errorf("the log ends at %d, want %d: %v", last, tt.last, err)
			}
			store(t, log, tt.after)
		})
	}
}

func store(t *testing.T, log raft.LogStore, index uint64) {
	t.Helper()
	if err := log.StoreLog(&raft.Log{Index: index, Term: 1}); err != nil {
		t.Errorf("store entry %d: %v", index, err)
	}
}

func keep(t *testing.T, snapshots raft.SnapshotStore, index uint64) {
	t.Helper()
	sink, err := snapshots.Create(raft.SnapshotVersionMax, index, 1, raft.Configuration{}, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := sink.Close(); err != nil {
		t.Fatal(err)
	}
}
