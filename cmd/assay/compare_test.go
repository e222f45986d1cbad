package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"assay/client"
)

// compared asks a server, whose cluster is as given, after a restore.
func compared(t *testing.T, cluster client.Cluster, status int) (stderr string, err error) {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost {
			w.WriteHeader(status)
		}
		_ = json.NewEncoder(w).Encode(cluster)
	}))
	defer server.Close()
	var out, warned bytes.Buffer
	c := client.New(server.URL)
	c.Patience = -1
	err = comparedAfter(t.Context(), terminal{stdout: &out, stderr: &warned}, c)
	return warned.String(), err
}

func at(index uint64, hash string) *client.StateHash {
	return &client.StateHash{Index: index, Hash: hash}
}

func TestARestoreIsDoneThoughAServerIsSilent(t *testing.T) {
	cluster := client.Cluster{Agreed: at(9, "a"), Servers: []client.Server{
		{ID: "n1", Checked: at(9, "a")}, {ID: "n2", Checked: at(9, "a")}, {ID: "n3", Checked: at(4, "b")},
	}}
	stderr, err := compared(t, cluster, http.StatusOK)
	if err != nil || !strings.Contains(stderr, "the restore is done") || !strings.Contains(stderr, "n3") || strings.Contains(stderr, "n2") {
		t.Errorf("%v, stderr %q", err, stderr)
	}
	cluster.Agreed = nil
	if stderr, err := compared(t, cluster, http.StatusConflict); err != nil || !strings.Contains(stderr, "the restore is done") {
		t.Errorf("nobody could be asked: %v, stderr %q", err, stderr)
	}
	cluster.Servers[2].Checked, cluster.Agreed = at(9, "a"), at(9, "a")
	if stderr, err := compared(t, cluster, http.StatusOK); err != nil || stderr != "" {
		t.Errorf("all agree: %v, stderr %q", err, stderr)
	}
	if stderr, err := compared(t, client.Cluster{Servers: cluster.Servers[:1]}, http.StatusConflict); err != nil || stderr != "" {
		t.Errorf("alone: %v, stderr %q", err, stderr)
	}
}

func TestStatesThatDifferAfterARestoreAreAnError(t *testing.T) {
	for name, agreed := range map[string]*client.StateHash{"with a majority": at(9, "a"), "without one": nil} {
		_, err := compared(t, client.Cluster{Agreed: agreed, Servers: []client.Server{
			{ID: "n1", Checked: at(9, "a")}, {ID: "n2", Checked: at(9, "b")}, {ID: "n3"},
		}}, http.StatusOK)
		if err == nil || !strings.Contains(err.Error(), "n2") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
