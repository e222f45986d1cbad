package api

import (
	"slices"

	"assay/controlplane/intake"
	"assay/controlplane/tenant"
	"assay/judge"
)

// generous is for tests that are not about rates.
var generous = []tenant.Tenant{{Name: tenant.Default, Rate: 1e6, Burst: 1_000_000}}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

func removeBlob(w *world, d judge.Digest) error { return w.blobs.(intake.Store).Delete(d) }
