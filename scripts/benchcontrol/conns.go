package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"
)

// conns are connections to servers that are kept open. net/http's own take three
// times the processor time for a request, of processors that the servers share.
type conns struct {
	mu   sync.Mutex // guards idle
	idle map[string][]*conn
}

// conn is for one request at a time.
type conn struct {
	net.Conn
	host    string
	answers *bufio.Reader
	request []byte
}

// answerTime is how long a request may take; the longest wait for 50 s.
const answerTime = time.Minute

// answer is a response whose body is read.
type answer struct {
	status     int
	retryAfter string
	body       []byte
}

// post sends a JSON object on a connection that is idle, or a new one.
func (cs *conns) post(server, path string, body []byte) (a answer, err error) {
	c, err := cs.take(server)
	if err != nil {
		return a, err
	}
	if a, err = c.post(path, body); err != nil {
		c.Close()
		return a, fmt.Errorf("post %s: %w", path, err)
	}
	cs.mu.Lock()
	defer cs.mu.Unlock()
	cs.idle[server] = append(cs.idle[server], c)
	return a, nil
}

func (cs *conns) take(server string) (*conn, error) {
	cs.mu.Lock()
	defer cs.mu.Unlock()
	if all := cs.idle[server]; len(all) > 0 {
		c := all[len(all)-1]
		cs.idle[server] = all[:len(all)-1]
		return c, nil
	}
	u, err := url.Parse(server)
	if err != nil {
		return nil, err
	}
	c, err := net.Dial("tcp", u.Host)
	if err != nil {
		return nil, err
	}
	return &conn{Conn: c, host: u.Host, answers: bufio.NewReaderSize(c, 16<<10)}, nil
}

var posted = &http.Request{Method: http.MethodPost}

func (c *conn) post(path string, body []byte) (a answer, err error) {
	if err := c.SetDeadline(time.Now().Add(answerTime)); err != nil {
		return a, err
	}
	b := bytes.NewBuffer(c.request[:0])
	b.WriteString("POST " + path + " HTTP/1.1\r\nHost: " + c.host + "\r\nContent-Type: application/json\r\nContent-Length: ")
	b.WriteString(strconv.Itoa(len(body)) + "\r\n\r\n")
	b.Write(body)
	c.request = b.Bytes()
	if _, err := c.Write(c.request); err != nil {
		return a, err
	}
	r, err := http.ReadResponse(c.answers, posted)
	if err != nil {
		return a, err
	}
	defer r.Body.Close()
	a.status, a.retryAfter = r.StatusCode, r.Header.Get("Retry-After")
	a.body, err = io.ReadAll(r.Body)
	return a, err
}
