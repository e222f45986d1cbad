package api

import (
	"bufio"
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"unicode/utf8"

	"assay/controlplane/state"
	"assay/judge"
)

// largeResult is how large an encoded result is that has to wait for its turn
// to be in memory.
const largeResult = 256 << 10

// writeSubmission answers with a submission. Outputs go from where they are
// kept to the client without being in memory as a whole.
func (a *API) writeSubmission(w http.ResponseWriter, r *http.Request, status int, record state.Record, f form) error {
	head, err := a.head(record)
	if err != nil {
		return err
	}
	if record.Status != judge.StatusFinished {
		return writeJSON(w, status, head)
	}
	result, done, err := a.hold(r.Context(), record)
	if err != nil {
		return err
	}
	defer done()
	pace(w)
	addResult(&head, result, f)
	if f.base64 {
		head.Encoding = "base64"
	}
	out := newReply(w, status)
	defer out.release()
	if err := a.writeTests(out.Writer, head, result.Tests, f); err != nil {
		return fmt.Errorf("write result of %s: %w", record.ID, err)
	}
	out.end()
	return nil
}

// hold reads a result into memory, a large one when it is its turn. It lies
// there until done is called.
func (a *API) hold(ctx context.Context, record state.Record) (result judge.Result, done func(), err error) {
	done = func() {}
	if record.Result.Size > largeResult {
		if done, err = a.loads.turn(ctx, record.Tenant, a.cfg.SlotWait); err != nil {
			return result, nil, err
		}
	}
	if result, err = a.result(record); err != nil {
		done()
	}
	return result, done, err
}

// writeTests writes head, with its tests as its last member.
func (a *API) writeTests(out *bufio.Writer, head any, tests []judge.TestResult, f form) error {
	if err := writeOpen(out, head); err != nil {
		return err
	}
	out.WriteString(`,"tests":[`)
	for i := range tests {
		if i > 0 {
			out.WriteByte(',')
		}
		if err := a.writeTest(out, &tests[i], f); err != nil {
			return err
		}
	}
	out.WriteString("]}\n") // bufio keeps the first error; nobody is left to tell
	return nil
}

func (a *API) writeTest(out *bufio.Writer, t *judge.TestResult, f form) error {
	open, err := appendTest(out.AvailableBuffer(), t)
	if err != nil {
		return err
	}
	out.Write(open)
	out.WriteString(`,"stdout":`)
	if err := a.writeOutput(out, t.Stdout.Payload, f); err != nil {
		return err
	}
	out.WriteString(`,"stderr":`)
	if err := a.writeOutput(out, t.Stderr.Payload, f); err != nil {
		return err
	}
	out.WriteByte('}')
	return nil
}

// writeOpen writes an object without its closing brace.
func writeOpen(out *bufio.Writer, v any) error {
	data, err := json.Marshal(v)
	if err != nil {
		return err
	}
	out.Write(data[:len(data)-1])
	return nil
}

func (a *API) writeOutput(out *bufio.Writer, p judge.Payload, f form) error {
	if p.Digest == "" && !f.base64 { // most are short
		out.WriteByte('"')
		escape(out, p.Inline, true)
		out.WriteByte('"')
		return nil
	}
	r, err := a.open(p)
	if err != nil {
		return err
	}
	defer r.Close()
	out.WriteByte('"')
	if f.base64 {
		err = copyBase64(out, r)
	} else {
		err = copyString(out, r)
	}
	out.WriteByte('"')
	return err
}

func copyBase64(out *bufio.Writer, r io.Reader) error {
	enc := base64.NewEncoder(base64.StdEncoding, out)
	if _, err := io.Copy(enc, r); err != nil {
		return err
	}
	return enc.Close()
}

// copyString writes bytes as the inside of a JSON string. What is not UTF-8
// becomes U+FFFD.
func copyString(out *bufio.Writer, r io.Reader) error {
	buf := make([]byte, 0, 8<<10)
	for {
		n, err := r.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		if err != nil && err != io.EOF {
			return err
		}
		rest := escape(out, buf, err == io.EOF)
		buf = append(buf[:0], rest...)
		if err == io.EOF {
			return nil
		}
	}
}

// escape writes b, and returns what may be the beginning of a character whose
// end is not there yet.
func escape(out *bufio.Writer, b []byte, last bool) []byte {
	for len(b) > 0 {
		n := bytes.IndexFunc(b, func(r rune) bool { return r < ' ' || r == '"' || r == '\\' || r == utf8.RuneError || r == 0x7f })
		if n != 0 {
			if n < 0 {
				n = len(b)
			}
			out.Write(b[:n])
			b = b[n:]
			continue
		}
		if !last && !utf8.FullRune(b) {
			return b
		}
		r, width := utf8.DecodeRune(b)
		if r < utf8.RuneSelf {
			writeEscape(out, byte(r))
		} else {
			out.WriteString("\uFFFD")
		}
		b = b[width:]
	}
	return nil
}

func writeEscape(out *bufio.Writer, c byte) {
	switch c {
	case '"', '\\':
		out.Write([]byte{'\\', c})
	case '\n':
		out.WriteString(`\n`)
	case '\r':
		out.WriteString(`\r`)
	case '\t':
		out.WriteString(`\t`)
	default:
		fmt.Fprintf(out, `\u%04x`, c)
	}
}
