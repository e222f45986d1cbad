package depot

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"assay/controlplane/blob"
	"assay/judge"
)

// longestFetch bounds how long whoever opens a blob waits for it.
const longestFetch = time.Minute

func missing(err error) bool { return errors.Is(err, blob.ErrNotFound) }

// fetch gets a blob from whoever has it. Those who want the same one share the
// work.
func (d *Depot) fetch(digest judge.Digest) error {
	if !digest.Valid() {
		return fmt.Errorf("fetch blob: %w", blob.ErrNotFound)
	}
	_, err, _ := d.fetches.Do(string(digest), func() (any, error) {
		// For all who wait, whichever of them goes away.
		ctx, cancel := context.WithTimeout(context.Background(), longestFetch)
		defer cancel()
		return nil, d.fetchFromAny(ctx, digest)
	})
	return err
}

// fetchFromAny asks all servers. That nobody has it is known only when all of
// them said so.
func (d *Depot) fetchFromAny(ctx context.Context, digest judge.Digest) error {
	others, _ := d.others()
	rand.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	var failed error
	for _, s := range others {
		err := d.fetchFrom(ctx, s, digest)
		if err == nil {
			d.metrics.fetched.Inc()
			return nil
		}
		if !missing(err) {
			failed = errors.Join(failed, err)
		}
	}
	if failed != nil {
		return failed
	}
	return fmt.Errorf("fetch blob %s: %w", digest, blob.ErrNotFound)
}

func (d *Depot) fetchFrom(ctx context.Context, s Server, digest judge.Digest) error {
	w, err := d.store.CreateReserved(ctx) // of what is referred to there is to be a copy here
	if err != nil {
		return err
	}
	defer w.Discard()
	if err := d.peers.FetchBlob(ctx, s.Address, digest, w); err != nil {
		return err
	}
	got, _, err := w.Commit()
	if err == nil && got != digest {
		d.log.Error("copy of another server is corrupt", "server", s.ID, "digest", string(digest))
		err = fmt.Errorf("fetch blob %s from %s: %w", digest, s.ID, blob.ErrCorrupt)
	}
	return err
}
