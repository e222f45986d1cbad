package client

import (
	"fmt"
	"strings"
	"time"
)

// Problem is why a request was refused: an RFC 9457 problem document.
type Problem struct {
	Type   string       `json:"type"`
	Title  string       `json:"title"`
	Status int          `json:"status"`
	Detail string       `json:"detail,omitempty"`
	Errors []FieldError `json:"errors,omitempty"`

	// RetryAfter is how long the server asks to wait, 0 when it does not say.
	// It travels in a header.
	RetryAfter time.Duration `json:"-"`
	// RequestID names the request in the server's log.
	RequestID string `json:"-"`
}

// FieldError is what is wrong with one field of a request.
type FieldError struct {
	Field  string `json:"field"` // path, as in tests[3].limits.cpu_ms
	Reason string `json:"reason"`
}

// Error is one line with every field, each once.
func (p *Problem) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d %s", p.Status, p.Title)
	if p.Detail != "" {
		b.WriteString(": " + p.Detail)
	}
	for _, e := range p.Errors {
		if text := e.Field + " " + e.Reason; !strings.Contains(p.Detail, text) {
			b.WriteString("; " + text)
		}
	}
	return b.String()
}
