package api

import (
	"mime"
	"net/http"

	"assay/client"
	"assay/controlplane/intake"
	"assay/controlplane/state"
	"assay/internal/jsonbody"
	"assay/judge"
)

const (
	typeJSON = "application/json"
	typeTar  = "application/x-tar"
	typeZip  = "application/zip"
)

// putSuite stores a suite that comes as JSON, or as an archive of files
// NAME.in and NAME.ans.
func (a *API) putSuite(w http.ResponseWriter, r *http.Request) error {
	if err := a.allow(r, 1); err != nil {
		return err
	}
	// An archive is a little larger than what is in it.
	most := a.Intake.Bounds().SuiteBytes + a.Intake.Bounds().SuiteBytes/8
	release, err := a.body(w, r, most, typeJSON, typeTar, typeZip)
	if err != nil {
		return err
	}
	defer release()
	spool := jsonbody.NewSpool(a.cfg.SpoolDir)
	defer spool.Close()
	d, err := a.suiteOf(r, spool)
	if err != nil {
		return err
	}
	s, created, err := a.Intake.StoreSuite(r.Context(), d)
	if err != nil {
		return err
	}
	status := http.StatusOK
	if created {
		status = http.StatusCreated
	}
	w.Header().Set("Location", "/v1/suites/"+string(s.Digest))
	return writeJSON(w, status, suiteOf(s))
}

func (a *API) suiteOf(r *http.Request, spool *jsonbody.Spool) (*intake.SuiteDraft, error) {
	who := identity(r).Tenant
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")) // body has looked at it
	if kind != typeJSON {
		return archiveDraft(r, kind, spool, a.Intake.Bounds(), who)
	}
	var b suiteBody
	problems, err := decode(a.suites, r, spool, &b)
	if err != nil {
		return nil, err
	}
	return suiteDraft(&b, who, problems), nil
}

func (a *API) getSuite(w http.ResponseWriter, r *http.Request) error {
	s, ok := a.Log.View().Suite(identity(r).Tenant.Name, judge.Digest(variable(r, "id")))
	if !ok {
		return problem(http.StatusNotFound, "no such suite")
	}
	return writeJSON(w, http.StatusOK, suiteOf(s))
}

func suiteOf(s state.Suite) client.Suite {
	return client.Suite{ID: string(s.Digest), Tests: s.Tests, Size: s.Size}
}
