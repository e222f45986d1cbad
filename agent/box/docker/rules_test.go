package docker

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"assay/agent/box/wire"
)

func TestAContainerIsClosedInEveryWayThatTheEngineKnows(t *testing.T) {
	p := plan{
		image: "assay-box:1", self: "/opt/assay", masks: []string{"kcore"},
		system: wire.Setup{Host: "box", Root: []wire.Mount{{Source: "/usr/bin", Target: "/usr/bin", Dir: true}}},
	}
	data, err := json.Marshal(p.container(Config{}.or(), 90001, "/run/assay-docker/90001"))
	if err != nil {
		t.Fatal(err)
	}
	var sent struct {
		NetworkDisabled bool
		Labels          map[string]string
		HostConfig      struct {
			NetworkMode, IpcMode, CgroupnsMode string
			ReadonlyRootfs, AutoRemove         bool
			CapDrop, CapAdd, SecurityOpt       []string
			MaskedPaths                        []string
			Tmpfs                              map[string]string
			Mounts                             []struct {
				Source, Target string
				ReadOnly       bool
			}
		}
	}
	if err := json.Unmarshal(data, &sent); err != nil {
		t.Fatal(err)
	}
	h := sent.HostConfig
	if !sent.NetworkDisabled || h.NetworkMode != "none" || h.IpcMode != "private" || h.CgroupnsMode != "private" || !h.ReadonlyRootfs || !h.AutoRemove {
		t.Errorf("%s", data)
	}
	if !slices.Equal(h.CapDrop, []string{"ALL"}) || slices.Contains(h.CapAdd, "SYS_ADMIN") || !slices.Contains(h.SecurityOpt, "no-new-privileges") {
		t.Errorf("capabilities %v %v, %v", h.CapDrop, h.CapAdd, h.SecurityOpt)
	}
	if sent.Labels[label] != "90001" || !slices.Contains(h.MaskedPaths, "/proc/kcore") || !slices.Contains(h.MaskedPaths, "/sys") {
		t.Errorf("%v, %v", sent.Labels, h.MaskedPaths)
	}
	for _, m := range h.Mounts {
		if !m.ReadOnly {
			t.Errorf("%s can be written to", m.Target)
		}
	}
	for _, dir := range []string{wire.WorkDir, wire.TempDir, wire.SharedDir} {
		if o := h.Tmpfs[dir]; !strings.Contains(o, "size=65536k") || !strings.Contains(o, "nr_inodes=4096") || !strings.Contains(o, "nosuid,nodev") {
			t.Errorf("%s: %q", dir, o)
		}
	}
}

func TestTheImageHoldsNothingOfTheHost(t *testing.T) {
	s := wire.Setup{
		Root:  []wire.Mount{{Source: "/usr/bin", Target: "/usr/bin", Dir: true}, {Source: "/etc/x.cache", Target: "/etc/x.cache"}},
		Links: []wire.Link{{Name: "/bin", Target: "usr/bin"}},
	}
	archive, tag, err := image(s)
	if err != nil {
		t.Fatal(err)
	}
	again, sameTag, err := image(s)
	if err != nil || !bytes.Equal(archive, again) || tag != sameTag {
		t.Errorf("the same root gives another image: %s and %s, %v", tag, sameTag, err)
	}
	seen := map[string]bool{"": true}
	for r := tar.NewReader(bytes.NewReader(archive)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(h.Name, "/")
		if parent := strings.TrimPrefix(path.Dir("/"+name), "/"); !seen[parent] {
			t.Errorf("%s comes before its directory", name)
		}
		seen[name] = true
	}
	for _, name := range []string{"usr/bin", "bin", "etc/passwd", "w", "tmp", "box"} {
		if !seen[name] {
			t.Errorf("there is no %s", name)
		}
	}
	if _, other, _ := image(wire.Setup{}); other == tag {
		t.Error("another root has the same tag")
	}
}

// standIn is an engine that answers with what the test says.
func standIn(t *testing.T, handler http.HandlerFunc) engine {
	t.Helper()
	socket := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	server := &http.Server{Handler: handler}
	go func() { _ = server.Serve(l) }()
	e := newEngine(socket)
	t.Cleanup(func() { e.http.CloseIdleConnections(); _ = server.Close() })
	return e
}

func TestWhatTheEngineRefusesIsToldInItsWords(t *testing.T) {
	e := standIn(t, func(w http.ResponseWriter, r *http.Request) {
		w.WriteHeader(http.StatusInternalServerError)
		_, _ = io.WriteString(w, `{"message":"no space left on device"}`)
	})
	if _, err := e.create(t.Context(), container{}); err == nil || !strings.Contains(err.Error(), "no space left on device (500)") {
		t.Error(err)
	}
	if _, err := e.hasImage(t.Context(), "x"); err == nil {
		t.Error("a broken engine has no image")
	}
}

func TestRemovingWhatIsGoneOrGoingIsNoError(t *testing.T) {
	for _, status := range []int{http.StatusNoContent, http.StatusNotFound, http.StatusConflict} {
		e := standIn(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(status) })
		if err := e.remove(t.Context(), "x"); err != nil {
			t.Errorf("%d: %v", status, err)
		}
	}
	e := standIn(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
	if e.remove(t.Context(), "x") == nil {
		t.Error("500 passes")
	}
}

func TestAnImportThatFailsHalfWayIsAnError(t *testing.T) {
	e := standIn(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("fromSrc") != "-" || r.URL.Query().Get("repo") != "assay-box" {
			t.Errorf("asked for %s", r.URL)
		}
		_, _ = io.WriteString(w, `{"status":"Downloading"}`+"\n"+`{"error":"archive/tar: invalid tar header"}`+"\n")
	})
	if err := e.importImage(t.Context(), "assay-box", "1", strings.NewReader("")); err == nil || !strings.Contains(err.Error(), "invalid tar header") {
		t.Error(err)
	}
}

func TestAUserIsLentOnceAtATime(t *testing.T) {
	mine, others := &uids{first: 3_000_000_000 & 0x7fffffff, count: 1}, &uids{first: 3_000_000_000 & 0x7fffffff, count: 1}
	uid, mark, err := mine.acquire()
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err := others.acquire(); err == nil {
		t.Errorf("%d is lent twice", again)
	}
	_ = mark.Close()
	if again, mark, err := others.acquire(); err != nil || again != uid {
		t.Errorf("%d, %v", again, err)
	} else {
		_ = mark.Close()
	}
}
