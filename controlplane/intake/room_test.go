package intake

import (
	"errors"
	"testing"

	"assay/controlplane/blob"
)

// lowDisk is a store on a disk that may run low.
type lowDisk struct {
	Store
	low bool
}

func (d *lowDisk) Room() error {
	if d.low {
		return blob.ErrDiskLow
	}
	return nil
}

func TestALowDiskRefusesEvenWhatFitsIntoTheLog(t *testing.T) {
	in, log := newIntake(t, DefaultConfig())
	disk := &lowDisk{Store: in.blobs.(Store)}
	in.blobs = disk
	hand := func(key string) error {
		d := program("int main(){}")
		d.IdempotencyKey = key
		_, err := in.Submit(t.Context(), d)
		return err
	}
	if err := hand("before"); err != nil {
		t.Fatal(err)
	}
	disk.low = true
	for key, want := range map[string]error{"": blob.ErrDiskLow, "later": blob.ErrDiskLow, "before": nil} {
		if err := hand(key); !errors.Is(err, want) {
			t.Errorf("key %q: %v, want %v", key, err, want)
		}
	}
	disk.low = false
	if err := hand("later"); err != nil {
		t.Error(err)
	}
	if n := log.View().Len(); n != 2 {
		t.Errorf("%d submissions, want 2", n)
	}
}
