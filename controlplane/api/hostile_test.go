package api

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"assay/client"
	"assay/judge"
)

// raw sends bytes as they are, says that no more will come, and returns the
// answer's status.
func (w *world) raw(request string) int {
	w.t.Helper()
	conn, err := net.Dial("tcp", w.server.Listener.Addr().String())
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close()
	if _, err := io.WriteString(conn, request); err != nil {
		w.t.Fatal(err)
	}
	if err := conn.(*net.TCPConn).CloseWrite(); err != nil {
		w.t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	resp.Body.Close()
	return resp.StatusCode
}

// Without a deadline the server would wait for the body before it answers.
func TestWhoeverPromisesABodyAndSendsNoneIsAnsweredAllTheSame(t *testing.T) {
	w := newWorld(t)
	for request, want := range map[string]int{
		"POST /v1/submissions HTTP/1.1\r\nContent-Type: text/plain": http.StatusUnsupportedMediaType,
		"POST /v1/submissions?wait=never HTTP/1.1":                  http.StatusUnprocessableEntity,
		"POST /nowhere HTTP/1.1":                                    http.StatusNotFound,
		"PATCH /v1/submissions HTTP/1.1":                            http.StatusMethodNotAllowed,
		"GET /v1/languages HTTP/1.1":                                http.StatusOK,
	} {
		t.Run(request, func(t *testing.T) {
			t.Parallel()
			conn, err := net.Dial("tcp", w.server.Listener.Addr().String())
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if _, err := io.WriteString(conn, request+"\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n"); err != nil {
				t.Fatal(err)
			}
			resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if resp.StatusCode != want {
				t.Errorf("status %d, want %d", resp.StatusCode, want)
			}
		})
	}
}

func TestAQueryThatCannotBeReadIsRefused(t *testing.T) {
	w := newWorld(t)
	for _, query := range []string{"?status=%zz", "?limit=5;status=finished"} {
		w.do("GET", "/v1/submissions"+query, "").problem(http.StatusBadRequest)
	}
}

func TestABodyThatCannotBeReadIsItsSendersFault(t *testing.T) {
	w := newWorld(t)
	for name, body := range map[string]string{
		"no chunk":             "zz\r\n{}\r\n0\r\n\r\n",
		"a chunk beyond size":  "fffffffffffffffff\r\n{}\r\n0\r\n\r\n",
		"a chunk without end":  "2\r\n{}xx0\r\n\r\n",
		"a chunk that breaks":  "ff\r\n{",
		"an end without lines": "2\r\n{}\r\n0",
	} {
		for method, path := range map[string]string{"POST": "/v1/submissions", "PUT": "/v1/suites"} {
			head := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n", method, path)
			if got := w.raw(head + body); got != http.StatusBadRequest {
				t.Errorf("%s: %s: status %d, want 400", path, name, got)
			}
		}
	}
}

func TestEncodedBodiesAreRefusedAndTheAnswerSaysWhatIsTaken(t *testing.T) {
	w := newWorld(t)
	for _, coding := range []string{"gzip", "br", "gzip, identity"} {
		a := w.do("POST", "/v1/submissions", small, "Content-Encoding", coding)
		a.problem(http.StatusUnsupportedMediaType)
		if got := a.header.Get("Accept-Encoding"); got != "identity" {
			t.Errorf("Accept-Encoding %q", got)
		}
	}
	w.do("POST", "/v1/submissions", small, "Content-Encoding", "Identity").is(http.StatusAccepted)
}

func TestNamesThatAreNotTextNameNothing(t *testing.T) {
	w := newWorld(t)
	w.do("POST", "/v1/submissions", small, "Idempotency-Key", "\xff\xfe").problem(http.StatusBadRequest)
	w.do("POST", "/v1/batches", `{"submissions":[`+small+`]}`, "Idempotency-Key", "\xff").problem(http.StatusBadRequest)
	w.do("POST", "/v1/submissions", small, "Idempotency-Key", "clé").is(http.StatusAccepted)
	w.do("GET", "/v1/submissions/%ff", "").problem(http.StatusNotFound)
	w.do("DELETE", "/v1/submissions/%ff", "").problem(http.StatusNotFound)
}

func TestCancellingWhatIsNotThereWritesNothingToTheLog(t *testing.T) {
	w, a, b := twoTenants(t)
	s := decodeAs[client.Submission](w.do("POST", "/v1/submissions", small, "Authorization", a).is(http.StatusAccepted))
	before := w.log.now // moves on with every entry
	w.do("DELETE", "/v1/submissions/"+strings.Repeat("a", 100_000), "", "Authorization", a).problem(http.StatusNotFound)
	w.do("DELETE", "/v1/submissions/"+s.ID, "", "Authorization", b).problem(http.StatusNotFound)
	w.do("DELETE", "/v1/submissions/01J00000000000000000000000", "", "Authorization", a).problem(http.StatusNotFound)
	if !w.log.now.Equal(before) {
		t.Error("an entry was written")
	}
}

func TestNoFileChangesItsNameOnTheWay(t *testing.T) {
	w := newWorld(t)
	long := strings.Repeat("a/", 1000) + "b.cpp"
	p := w.do("POST", "/v1/submissions", `{"language":"cpp","files":{"main.cpp":"","`+long+`":"x"}}`).problem(http.StatusUnprocessableEntity)
	if len(p.Errors) != 1 || !strings.HasPrefix(p.Errors[0].Field, "files[") {
		t.Errorf("%+v", p.Errors)
	}
}

func TestATarThatWasCutBetweenTwoFilesIsNoSmallerTar(t *testing.T) {
	w := newWorld(t)
	whole := tarOf(t, file{"1.in", "x"}, file{"2.in", strings.Repeat("\x00", 2*tarBlock)}, file{"notes.txt", "y"}, file{"3.in", "z"})
	put := func(body string) answer {
		return w.do("PUT", "/v1/suites", body, "Content-Type", typeTar)
	}
	end := len(strings.TrimRight(whole, "\x00")) // of the last file
	for cut := tarBlock / 2; cut < end+tarBlock; cut += tarBlock / 2 {
		if a := put(whole[:cut]); a.status != http.StatusBadRequest && cut <= (end+tarBlock-1)/tarBlock*tarBlock {
			t.Errorf("cut after %d of %d bytes: status %d: %s", cut, len(whole), a.status, a.body)
		}
	}
	if s := decodeAs[client.Suite](put(whole).is(http.StatusCreated)); s.Tests != 3 {
		t.Errorf("%+v", s)
	}
	put(whole[:(end+tarBlock-1)/tarBlock*tarBlock+tarBlock]).is(http.StatusOK) // one block of the end will do
}

// sipping is a client that reads a little every now and then.
type sipping struct {
	*httptest.ResponseRecorder
	deadline time.Time
}

func (s *sipping) SetWriteDeadline(t time.Time) error {
	s.deadline = t
	return nil
}

func (s *sipping) Write(p []byte) (int, error) {
	time.Sleep(50 * time.Second)
	if time.Now().After(s.deadline) {
		return 0, os.ErrDeadlineExceeded
	}
	return s.ResponseRecorder.Write(p)
}

func TestAClientThatSipsAStreamDoesNotHoldALargeResultForLong(t *testing.T) {
	w := newWorld(t)
	result := judge.Result{Verdict: judge.WrongAnswer}
	for i := range 3000 {
		result.Tests = append(result.Tests, judge.TestResult{ID: strconv.Itoa(i), Verdict: judge.WrongAnswer, Message: strings.Repeat("m", 200)})
	}
	s := w.submit(small)
	w.finish(s.ID, result)
	if record, _ := w.log.View().Get(s.ID); record.Result.Size <= largeResult {
		t.Fatalf("a result of %d bytes is not large", record.Result.Size)
	}
	synctest.Test(t, func(t *testing.T) {
		began := time.Now()
		r := httptest.NewRequestWithContext(t.Context(), "GET", "http://localhost/v1/submissions/"+s.ID+"/events", nil)
		w.api.ServeHTTP(&sipping{ResponseRecorder: httptest.NewRecorder()}, r)
		if took := time.Since(began); took > 5*time.Minute {
			t.Errorf("the result was held for %s", took)
		}
	})
	if n := w.api.loads.taken(); n != 0 {
		t.Errorf("%d places are still taken", n)
	}
}

func TestARefusalSaysWhatItIsAbout(t *testing.T) {
	w := newWorld(t)
	if p := w.do("POST", "/v1/submissions", `[]`).problem(http.StatusUnprocessableEntity); p.Detail != "the body must be an object" {
		t.Errorf("detail %q", p.Detail)
	}
	p := w.do("POST", "/v1/submissions", small, "Origin", "https://evil.example").problem(http.StatusForbidden)
	if strings.Contains(p.Detail, "host name") || !strings.Contains(p.Detail, "other sites") {
		t.Errorf("detail %q", p.Detail)
	}
}
