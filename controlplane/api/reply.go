package api

import (
	"bufio"
	"net/http"
	"strconv"
	"sync"
)

// replies are used again: a buffer for each would be a fifth of all memory that
// a busy server asks for.
var replies = sync.Pool{New: func() any {
	r := &reply{}
	r.Writer = bufio.NewWriterSize(&r.to, 16<<10)
	return r
}}

// reply is a JSON object on its way to a client, through a buffer. One that
// fits leaves in one piece, with its length in the header; nothing has left
// before end, so that an error can still be told by a status. A longer one
// leaves in chunks.
type reply struct {
	*bufio.Writer
	to opening
}

// newReply begins an answer. It is released when nothing writes to it any more.
func newReply(w http.ResponseWriter, status int) *reply {
	r := replies.Get().(*reply)
	r.to = opening{w: w, status: status}
	return r
}

// end sends what is in the buffer.
func (r *reply) end() {
	if !r.to.begun {
		r.to.w.Header().Set("Content-Length", strconv.Itoa(r.Buffered()))
	}
	_ = r.Flush() // the client may have gone
}

func (r *reply) release() {
	r.to = opening{}
	r.Reset(&r.to)
	replies.Put(r)
}

// opening sends the header before the first byte.
type opening struct {
	w      http.ResponseWriter
	status int
	begun  bool
}

// Write sends a part of the body.
func (o *opening) Write(p []byte) (int, error) {
	if !o.begun {
		o.begun = true
		o.w.Header().Set("Content-Type", "application/json")
		o.w.WriteHeader(o.status)
	}
	return o.w.Write(p)
}
