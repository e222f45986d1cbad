package api

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"assay/client"
	"assay/controlplane/tenant"
	"assay/judge"
)

type file struct{ name, content string }

func tarOf(t *testing.T, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.content))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(f.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func zipOf(t *testing.T, files ...file) string {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		e, err := w.Create(f.name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := e.Write([]byte(f.content)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestASuiteIsNamedByWhatIsInItHoweverItCame(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("9 ", 10_000)
	files := []file{{"t/10.in", "ten"}, {"t/10.ans", "10"}, {"t/README", "hello"}, {"t/2.ans", "2"}, {"t/2.in", long}, {"t/.2.in", "hidden"}}
	byJSON := w.do("PUT", "/v1/suites", fmt.Sprintf(`{"tests":[{"id":"2","stdin":%q,"expected":"2"},{"id":"10","stdin":"ten","expected":"10"}]}`, long)).is(http.StatusCreated)
	s := decodeAs[client.Suite](byJSON)
	if s.Tests != 2 || !judge.Digest(s.ID).Valid() {
		t.Errorf("%+v", s)
	}
	slices.Reverse(files)
	for kind, archive := range map[string]string{"application/x-tar": tarOf(t, files...), "application/zip": zipOf(t, files...)} {
		if again := decodeAs[client.Suite](w.do("PUT", "/v1/suites", archive, "Content-Type", kind).is(http.StatusOK)); again != s {
			t.Errorf("%s: %+v, want %+v", kind, again, s)
		}
	}
	if got := decodeAs[client.Suite](w.do("GET", "/v1/suites/"+s.ID, "").is(http.StatusOK)); got != s {
		t.Errorf("%+v", got)
	}
}

func TestASubmissionNamesASuite(t *testing.T) {
	w := newWorld(t)
	s := decodeAs[client.Suite](w.do("PUT", "/v1/suites", `{"tests":[{"stdin":"1","limits":{"cpu_ms":60000}},{}],"compare":{"mode":"exact"}}`).is(http.StatusCreated))
	sub := w.submit(`{"language":"cpp","source":"x","suite":"` + s.ID + `","groups":[{"id":"g","tests":["1","2"],"points":1}]}`)
	_, suite := w.stored(sub.ID)
	if len(suite.Tests) != 2 || suite.Compare.Mode != judge.CompareExact {
		t.Errorf("%+v", suite)
	}
	if record, _ := w.log.View().Get(sub.ID); record.Tests != 2 || string(record.Suite.Digest) != s.ID {
		t.Errorf("%+v", record.Submit)
	}
	p := w.do("POST", "/v1/submissions", `{"language":"cpp","source":"x","suite":"`+s.ID+`","groups":[{"id":"g","tests":["3"],"points":1}]}`).problem(422)
	if p.Errors[0].Field != "groups[0].tests[0]" {
		t.Errorf("%+v", p.Errors)
	}
}

func TestWhatIsWrongWithASuite(t *testing.T) {
	w := newWorld(t, func(s *settings) {
		s.tenants.Tenants = generous
		s.intake.Bounds.SuiteBytes = 1 << 20
	})
	bomb := strings.Repeat("0", 2<<20)
	for _, c := range []struct {
		name, kind, body string
		status           int
		fields           []string
	}{
		{"no tests", typeJSON, `{}`, 422, []string{"tests"}},
		{"malformed", typeJSON, `{"tests":`, 400, nil},
		{"all problems", typeJSON, `{"tests":[{"id":"a b"},{"sdtin":""}],"compare":{"mode":"exact","abs":1},"name":"x"}`, 422, []string{"tests[1].sdtin", "name", "tests[0].id", "compare.abs"}},
		{"too many tests", typeJSON, `{"tests":` + tests(10_001) + `}`, 422, []string{"tests"}},
		{"too many bytes", typeJSON, `{"tests":[{"stdin":"` + strings.Repeat("x", 1<<20+1) + `"}]}`, 422, []string{"tests"}},
		{"an answer without its input", typeTar, tarOf(t, file{"1.ans", "x"}, file{"2.in", "y"}), 422, []string{"tests.1"}},
		{"two answers", typeZip, zipOf(t, file{"1.ans", "x"}, file{"1.out", "x"}, file{"1.in", "y"}), 422, []string{"tests.1"}},
		{"no tar", typeTar, strings.Repeat("tar?", 1000), 400, nil},
		{"half a tar", typeTar, tarOf(t, file{"1.in", strings.Repeat("y", 5000)})[:1024], 400, nil},
		{"no zip", typeZip, "PK?", 400, nil},
		{"nothing", typeTar, "", 422, []string{"tests"}},
		{"a zip bomb", typeZip, zipOf(t, file{"1.in", bomb}), 413, nil},
		{"a name with blanks", typeTar, tarOf(t, file{"a b.in", "x"}), 422, []string{"tests[0].id"}},
	} {
		p := w.do("PUT", "/v1/suites", c.body, "Content-Type", c.kind)
		var fields []string
		for _, e := range p.problem(c.status).Errors {
			fields = append(fields, e.Field)
		}
		if diff := cmp.Diff(sorted(c.fields), sorted(fields)); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
	w.do("PUT", "/v1/suites?mode=float&rel=x", tarOf(t, file{"1.in", ""}), "Content-Type", typeTar).problem(422)
	w.do("PUT", "/v1/suites?mode=float&rel=1e-6", tarOf(t, file{"1.in", ""}), "Content-Type", typeTar).is(http.StatusCreated)
}

func TestSuitesBelongToTheirTenant(t *testing.T) {
	w, a, b := twoTenants(t)
	body := `{"tests":[{"stdin":"1"}]}`
	s := decodeAs[client.Suite](w.do("PUT", "/v1/suites", body, "Authorization", a).is(http.StatusCreated))
	w.do("GET", "/v1/suites/"+s.ID, "", "Authorization", b).problem(http.StatusNotFound)
	w.do("POST", "/v1/submissions", `{"language":"cpp","source":"x","suite":"`+s.ID+`"}`, "Authorization", b).problem(http.StatusNotFound)
	// That somebody has it already is not shown.
	w.do("PUT", "/v1/suites", body, "Authorization", b).is(http.StatusCreated)
}

// twoTenants are a and b, with everything but operate.
func twoTenants(t *testing.T) (w *world, a, b string) {
	t.Helper()
	w = newWorld(t, func(s *settings) {
		s.tenants = tenant.Config{
			Tenants: []tenant.Tenant{{Name: "a"}, {Name: "b"}},
			Tokens: []tenant.Token{
				{Digest: tenant.Digest("ta"), Tenant: "a", Scopes: []string{"submit", "read"}},
				{Digest: tenant.Digest("tb"), Tenant: "b", Scopes: []string{"submit", "read"}},
				{Digest: tenant.Digest("reader"), Tenant: "a", Scopes: []string{"read"}},
				{Digest: tenant.Digest("op"), Tenant: "b", Scopes: []string{"operate"}},
			},
		}
	})
	return w, "Bearer ta", "Bearer tb"
}
