package api

import (
	"encoding/json"
	"math"
	"strconv"
	"time"

	"assay/judge"
)

// appendTest appends what encoding/json makes of testOf(t), byte for byte and
// several times faster, without its closing brace: the outputs follow. Tests
// are most of what an answer consists of. The error is that of points that are
// no number.
func appendTest(b []byte, t *judge.TestResult) ([]byte, error) {
	b = appendString(append(b, `{"id":`...), t.ID)
	b = appendString(append(b, `,"verdict":`...), string(t.Verdict))
	b = appendOutcome(b, &t.Outcome)
	b, err := appendFloat(append(b, `,"points":`...), t.Points)
	if err != nil {
		return b, err
	}
	b = appendString(append(b, `,"message":`...), t.Message)
	b = strconv.AppendInt(append(b, `,"reruns":`...), int64(t.Reruns), 10)
	b = strconv.AppendBool(append(b, `,"stdout_truncated":`...), t.Stdout.Truncated)
	return strconv.AppendBool(append(b, `,"stderr_truncated":`...), t.Stderr.Truncated), nil
}

func appendOutcome(b []byte, o *judge.Outcome) []byte {
	b = strconv.AppendInt(append(b, `,"exit_code":`...), int64(o.ExitCode), 10)
	b = append(b, `,"signal":`...)
	if o.Signal == 0 {
		b = append(b, "null"...)
	} else {
		b = strconv.AppendInt(b, int64(o.Signal), 10)
	}
	b = appendMillis(append(b, `,"cpu_ms":`...), o.CPU)
	b = appendMillis(append(b, `,"wall_ms":`...), o.Wall)
	b = strconv.AppendInt(append(b, `,"memory_kb":`...), o.MemoryKB, 10)
	return strconv.AppendInt(append(b, `,"output_bytes":`...), o.OutputBytes, 10)
}

// exact is beyond every number of 15 digits. Of those, the digits themselves
// are the shortest that name a float64, which is how encoding/json writes it.
const exact = 1_000_000_000_000_000

// appendMillis appends ms(d).
func appendMillis(b []byte, d time.Duration) []byte {
	micros := d.Microseconds()
	if micros < 0 || micros >= exact {
		b, _ = appendFloat(b, ms(d)) // which is a number
		return b
	}
	b = strconv.AppendInt(b, micros/1000, 10)
	rest := micros % 1000
	if rest == 0 {
		return b
	}
	b = append(b, '.', byte('0'+rest/100), byte('0'+rest/10%10), byte('0'+rest%10))
	for b[len(b)-1] == '0' {
		b = b[:len(b)-1]
	}
	return b
}

// appendFloat leaves to encoding/json what has an exponent or is no number.
func appendFloat(b []byte, f float64) ([]byte, error) {
	abs := math.Abs(f)
	switch {
	case abs >= 1 && abs < exact && f == math.Trunc(f): // most are whole
		return strconv.AppendInt(b, int64(f), 10), nil
	case f == 0 || abs >= 1e-6 && abs < 1e21:
		return strconv.AppendFloat(b, f, 'f', -1, 64), nil
	}
	data, err := json.Marshal(f)
	return append(b, data...), err
}

// appendString leaves to encoding/json what is not plain ASCII.
func appendString(b []byte, s string) []byte {
	for i := range len(s) {
		if !plain(s[i]) {
			data, _ := json.Marshal(s) // never fails for a string
			return append(b, data...)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// plain reports whether encoding/json writes c as it is.
func plain(c byte) bool {
	return c >= ' ' && c <= '~' && c != '"' && c != '\\' && c != '<' && c != '>' && c != '&'
}
