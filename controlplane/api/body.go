package api

import (
	"io"
	"mime"
	"net/http"
	"strings"
	"time"

	"assay/internal/jsonbody"
)

const (
	smallBody = 64 << 10 // bytes of a body that needs no slot
	bodyTime  = 30 * time.Second
	bodyPace  = 64 << 10 // bytes per second below which a sender is cut off after bodyTime

	refusedBodyTime = time.Second // for what is left of a body that nobody wants
)

// body prepares a request's body for reading: its type is among types, it may
// have most bytes, its sender has to keep a pace. The release must be called
// when it has been dealt with.
func (a *API) body(w http.ResponseWriter, r *http.Request, most int64, types ...string) (release func(), err error) {
	if err := contentType(r, types); err != nil {
		return nil, err
	}
	if coding := r.Header.Get("Content-Encoding"); coding != "" && !strings.EqualFold(coding, "identity") {
		w.Header().Set("Accept-Encoding", "identity")
		return nil, problem(http.StatusUnsupportedMediaType, "the body must come as it is, without the content encoding %q", coding)
	}
	if r.ContentLength > most {
		return nil, &http.MaxBytesError{Limit: most}
	}
	release = func() {}
	if r.ContentLength < 0 || r.ContentLength > smallBody || archive(r) {
		// What waits, waits at its sender.
		leave, err := a.slots.turn(r.Context(), identity(r).Tenant.Name, a.cfg.SlotWait)
		if err != nil {
			return nil, err
		}
		a.metrics.large.Inc()
		release = func() { leave(); a.metrics.large.Dec() }
	}
	r.Body = paced(w, http.MaxBytesReader(w, r.Body, most))
	return release, nil
}

// archive reports whether a body may hold far more than its length.
func archive(r *http.Request) bool {
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return kind == typeTar || kind == typeZip
}

func contentType(r *http.Request, types []string) error {
	header := r.Header.Get("Content-Type")
	got, params, err := mime.ParseMediaType(header)
	charset := strings.ToLower(params["charset"])
	if err == nil && (charset == "" || charset == "utf-8") {
		for _, t := range types {
			if got == t {
				return nil
			}
		}
	}
	return problem(http.StatusUnsupportedMediaType, "the content type must be %s, not %q", strings.Join(types, " or "), header)
}

// pacedBody moves the connection's read deadline along with what arrives.
type pacedBody struct {
	io.ReadCloser
	conn  *http.ResponseController
	start time.Time
	read  int64
}

func paced(w http.ResponseWriter, body io.ReadCloser) *pacedBody {
	return &pacedBody{ReadCloser: body, conn: http.NewResponseController(w), start: time.Now()}
}

// Read fails with os.ErrDeadlineExceeded when the sender is too slow, and with
// a refusal when what was sent cannot be read for a reason of the sender's own.
func (b *pacedBody) Read(p []byte) (int, error) {
	allowed := bodyTime + time.Duration(b.read/bodyPace)*time.Second
	_ = b.conn.SetReadDeadline(b.start.Add(allowed)) // not all connections have deadlines
	n, err := b.ReadCloser.Read(p)
	b.read += int64(n)
	if err == io.EOF {
		_ = b.conn.SetReadDeadline(time.Time{})
	}
	if err != nil && err != io.EOF && explainBody(err) == nil {
		err = problem(http.StatusBadRequest, "the body cannot be read: it is malformed, or its sender has gone")
	}
	return n, err
}

// decode reads a JSON body into v. Problems of fields are returned apart from
// the error, as there may be more to come.
func decode[T any](d *jsonbody.Decoder[T], r *http.Request, spool *jsonbody.Spool, v *T) (jsonbody.Problems, error) {
	err := d.Decode(r.Body, spool, v)
	problems, ok := err.(jsonbody.Problems)
	if !ok || problems[0].Field == "" { // no object: there is nothing in it to look at
		return nil, err
	}
	return problems, nil
}
