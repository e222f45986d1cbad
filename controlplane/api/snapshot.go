package api

import (
	"context"
	"errors"
	"io"
	"math"
	"net/http"
	"strconv"

	"assay/client"
	"assay/controlplane/backup"
	"assay/controlplane/intake"
)

// Snapshots saves the state with its blobs, and puts it back.
type Snapshots interface {
	Save(ctx context.Context, w io.Writer) error
	Restore(ctx context.Context, r io.Reader, otherCluster bool) (backup.Restored, error)
}

const typeBytes = "application/octet-stream"

// saveSnapshot streams a snapshot. One that is cut off has no end, and whoever
// reads it notices.
func (a *API) saveSnapshot(w http.ResponseWriter, r *http.Request) error {
	if r.Method == http.MethodHead {
		return nil
	}
	w.Header().Set("Content-Type", typeBytes)
	w.Header().Set("Content-Disposition", `attachment; filename="assay.snapshot"`)
	if err := a.Snapshots.Save(r.Context(), w); err != nil {
		return err
	}
	a.log.Info("snapshot saved by request", "tenant", identity(r).Tenant.Name, "request", requestID(r))
	return nil
}

// restoreSnapshot replaces the cluster's state.
func (a *API) restoreSnapshot(w http.ResponseWriter, r *http.Request) error {
	other, err := strconv.ParseBool(r.URL.Query().Get("other_cluster"))
	if err != nil && r.URL.Query().Has("other_cluster") {
		return unprocessable(intake.Invalid{{Field: "other_cluster", Reason: "must be true or false"}})
	}
	release, err := a.body(w, r, math.MaxInt64, typeBytes)
	if err != nil {
		return err
	}
	defer release()
	got, err := a.Snapshots.Restore(r.Context(), r.Body, other)
	switch {
	case errors.Is(err, backup.ErrBusy), errors.Is(err, backup.ErrOtherCluster):
		return problem(http.StatusConflict, "%v", err)
	case errors.Is(err, backup.ErrFormat), errors.Is(err, backup.ErrCorrupt):
		return problem(http.StatusUnprocessableEntity, "%v", err)
	case err != nil:
		return err
	}
	a.log.Warn("snapshot restored by request", "tenant", identity(r).Tenant.Name, "request", requestID(r),
		"cluster", got.Cluster, "created", got.Created, "index", got.Index)
	return writeJSON(w, http.StatusOK, client.Restored{
		Cluster: got.Cluster, Created: got.Created, Index: got.Index, Submissions: got.Submissions, Suites: got.Suites,
		Blobs: got.Blobs, BlobBytes: got.BlobBytes, Missing: got.Missing,
	})
}
