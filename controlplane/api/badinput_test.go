package api

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func tests(n int) string {
	return "[" + strings.TrimSuffix(strings.Repeat(`{"stdin":"1"},`, n), ",") + "]"
}

// Each is answered by a problem that names every field that is wrong.
func TestBadInputIsNamedFieldByField(t *testing.T) {
	w := newWorld(t, func(s *settings) { s.tenants.Tenants = generous })
	for _, c := range []struct {
		name, body string
		status     int
		fields     []string
	}{
		{"malformed JSON", `{"language":"cpp",`, 400, nil},
		{"no JSON at all", `language=cpp`, 400, nil},
		{"no body", ``, 400, nil},
		{"no object", `["cpp"]`, 422, []string{""}},
		{
			"unknown fields, several at once",
			`{"language":"cpp","source":"x","langage":1,"tests":[{"input":"1"},{"limits":{"cpu":1}}]}`,
			422,
			[]string{"langage", "tests[0].input", "tests[1].limits.cpu"},
		},
		{"an unknown language", `{"language":"klingon","source":"x"}`, 422, []string{"language"}},
		{"a language that is not there", `{"language":"cobol","source":"x"}`, 422, []string{"language"}},
		{"no language", `{"source":"x"}`, 422, []string{"language"}},
		{"no source", `{"language":"cpp"}`, 422, []string{"source"}},
		{"source and files", `{"language":"cpp","source":"x","files":{"a":"b"}}`, 422, []string{"files"}},
		{"several files and no entry", `{"language":"cpp","files":{"a.cpp":"","b.cpp":""}}`, 422, []string{"entry"}},
		{"an entry that is no file", `{"language":"cpp","files":{"a.cpp":""},"entry":"b.cpp"}`, 422, []string{"entry"}},
		{"files outside", `{"language":"cpp","files":{"../a":"x","/b":"y","main.cpp":""}}`, 422, []string{`files["../a"]`, `files["/b"]`}},
		{
			"limits out of range",
			`{"language":"cpp","source":"x","limits":{"cpu_ms":60001,"wall_ms":-1,"memory_kb":99999999999},
			  "tests":[{"limits":{"processes":257,"cpu_ms":1.5,"output_kb":9223372036854775807}}]}`,
			422,
			[]string{"tests[0].limits.cpu_ms", "limits.cpu_ms", "limits.wall_ms", "limits.memory_kb", "tests[0].limits.processes", "tests[0].limits.output_kb"},
		},
		{"times beyond any clock", `{"language":"cpp","source":"x","limits":{"cpu_ms":9223372036854775807,"wall_ms":-9223372036854775808}}`, 422, []string{"limits.cpu_ms", "limits.wall_ms"}},
		{"2 MB of source", `{"language":"cpp","source":"` + strings.Repeat("x", 2_000_000) + `"}`, 422, []string{"source"}},
		{
			"invalid base64",
			`{"language":"cpp","encoding":"base64","source":"????","tests":[{"stdin":"QQ==","expected":"Q"}]}`,
			422,
			[]string{"source", "tests[0].expected"},
		},
		{"an unknown encoding", `{"language":"cpp","encoding":"latin1","source":"x"}`, 422, []string{"encoding"}},
		{"an unknown suite", `{"language":"cpp","source":"x","suite":"sha256:` + strings.Repeat("0", 64) + `"}`, 404, []string{"suite"}},
		{"an unknown suite and more", `{"language":"klingon","source":"x","suite":"?"}`, 422, []string{"language", "suite"}},
		{"a suite and tests", `{"language":"cpp","source":"x","suite":"?","tests":[{}]}`, 422, []string{"suite"}},
		{"10,001 tests", `{"language":"cpp","source":"x","tests":` + tests(10_001) + `}`, 422, []string{"tests"}},
		{"1,001 inline tests", `{"language":"cpp","source":"x","tests":` + tests(1001) + `}`, 422, []string{"tests"}},
		{"one id for two tests", `{"language":"cpp","source":"x","tests":[{"id":"2"},{}]}`, 422, []string{"tests[1].id"}},
		{
			"values that there are not",
			`{"language":"cpp","source":"x","capture":"some","priority":"first","node_class":"a b","compare":{"mode":"fuzzy"}}`,
			422,
			[]string{"capture", "priority", "node_class", "compare.mode"},
		},
		{"a checker's fields without a checker", `{"language":"cpp","source":"x","compare":{"mode":"lines","language":"cpp"}}`, 422, []string{"compare.language"}},
		{"groups of what is not there", `{"language":"cpp","source":"x","tests":[{}],"groups":[{"id":"a","tests":["1","9"],"score":"max","requires":["z"]}]}`, 422, []string{"groups[0].score", "groups[0].tests[1]", "groups[0].requires[0]"}},
		{"a NUL in an argument", `{"language":"cpp","source":"x","args":["a\u0000b"]}`, 422, []string{"args[0]"}},
		{"bytes in JSON that are not text", "{\"language\":\"cpp\",\"source\":\"\xff\"}", 422, []string{"source"}},
		{"65 files", `{"language":"cpp","entry":"f1","files":{` + manyFiles(65) + `}}`, 422, []string{"files"}},
		{"too much metadata", `{"language":"cpp","source":"x","metadata":"` + strings.Repeat("x", 65<<10) + `"}`, 422, []string{"metadata"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			w.t = t
			p := w.do("POST", "/v1/submissions", c.body).problem(c.status)
			var fields []string
			for _, e := range p.Errors {
				fields = append(fields, e.Field)
				if e.Reason == "" {
					t.Errorf("no reason for %s", e.Field)
				}
			}
			if diff := cmp.Diff(sorted(c.fields), sorted(fields)); diff != "" {
				t.Errorf("%s\n%+v", diff, p.Errors)
			}
		})
	}
	if n := w.log.View().Len(); n != 0 {
		t.Errorf("%d were taken in all the same", n)
	}
}

func manyFiles(n int) string {
	var all []string
	for i := range n {
		all = append(all, fmt.Sprintf(`"f%d":""`, i))
	}
	return strings.Join(all, ",")
}

func TestOtherContentTypesAreRefused(t *testing.T) {
	w := newWorld(t)
	for _, ct := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "application/x-tar"} {
		w.do("POST", "/v1/submissions", small, "Content-Type", ct).problem(http.StatusUnsupportedMediaType)
	}
	w.do("POST", "/v1/submissions", small, "Content-Type", "application/json; charset=UTF-8").is(http.StatusAccepted)
}

func TestWhatTheRouterDoesNotKnowIsAProblemToo(t *testing.T) {
	w := newWorld(t)
	for _, path := range []string{"/v1", "/v2/submissions", "/v1/submissions/", "/v1//submissions", "/favicon.ico"} {
		w.do("GET", path, "").problem(http.StatusNotFound)
	}
	a := w.do("PATCH", "/v1/submissions", "{}")
	a.problem(http.StatusMethodNotAllowed)
	if got := a.header.Get("Allow"); got != "GET, HEAD, POST" {
		t.Errorf("Allow %q", got)
	}
}

func TestQueriesAreChecked(t *testing.T) {
	w := newWorld(t)
	for query, field := range map[string]string{
		"wait=soon": "wait", "wait=61s": "wait", "wait=-1s": "wait", "encoding=hex": "encoding",
	} {
		p := w.do("POST", "/v1/submissions?"+query, small).problem(http.StatusUnprocessableEntity)
		if len(p.Errors) != 1 || p.Errors[0].Field != field {
			t.Errorf("%s: %+v", query, p.Errors)
		}
	}
	p := w.do("GET", "/v1/submissions?status=done&verdict=great&cursor=x&limit=1000", "").problem(http.StatusUnprocessableEntity)
	if len(p.Errors) != 4 {
		t.Errorf("%+v", p.Errors)
	}
}
