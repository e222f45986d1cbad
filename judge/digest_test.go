package judge

import (
	"io"
	"strings"
	"testing"
)

func TestDigestsNameContent(t *testing.T) {
	const empty = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	if got := DigestOf(nil); got != empty {
		t.Errorf("digest of nothing is %s", got)
	}
	d := NewDigester()
	io.WriteString(d, "hello ")
	io.WriteString(d, "world")
	if got, want := d.Digest(), DigestOf([]byte("hello world")); got != want || !got.Valid() || got != "sha256:"+Digest(got.Hex()) {
		t.Errorf("in pieces %s, whole %s", got, want)
	}
}

func TestOnlyDigestsAreValid(t *testing.T) {
	good := DigestOf(nil)
	for _, d := range []Digest{"", "sha256:", good[:70], good + "0", "md5:" + good[7:], Digest(strings.ToUpper(string(good))), "sha256:../../" + good[13:], good[7:]} {
		if d.Valid() {
			t.Errorf("%q is valid", d)
		}
	}
}
