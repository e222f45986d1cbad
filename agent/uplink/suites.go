package uplink

import (
	"container/list"
	"context"
	"fmt"
	"sync"

	"assay/judge"
	"assay/proto/convert"
)

const (
	suiteBytes = 16 << 20 // for decoded suites: those of many contests
	decoded    = 256      // bytes that a test takes, and a suite, beyond its encoding
)

// suites keeps what was decoded, by the digest of its encoding: in a contest
// thousands of submissions name the same few suites. When there is no room,
// what was not used for longest goes. The zero value is empty and ready; safe
// for concurrent use.
type suites struct {
	mu    sync.Mutex // guards the rest
	bytes int64
	order list.List // of *kept, the one used last in front
	known map[judge.Digest]*list.Element
}

// kept is a suite that attempts share: nobody may change it.
type kept struct {
	digest judge.Digest
	suite  judge.Suite
	bytes  int64
}

// suite gets hold of the suite that p stands for, whose digest is d.
func (u *Uplink) suite(ctx context.Context, p judge.Payload, d judge.Digest) (judge.Suite, error) {
	if s, ok := u.suites.get(d); ok {
		return s, nil
	}
	data, err := u.read(ctx, p)
	if err != nil {
		return judge.Suite{}, err
	}
	// Others will be judged by what is kept under this name.
	if got := judge.DigestOf(data); got != d {
		return judge.Suite{}, fmt.Errorf("the bytes of %s are those of %s", d, got)
	}
	s, err := convert.DecodeSuite(data)
	if err == nil {
		u.suites.add(d, s, len(data))
	}
	return s, err
}

// nameOf is the digest of the bytes that p stands for.
func nameOf(p judge.Payload) judge.Digest {
	if p.Digest != "" {
		return p.Digest
	}
	return judge.DigestOf(p.Inline)
}

func (c *suites) get(d judge.Digest) (judge.Suite, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.known[d]
	if e == nil {
		return judge.Suite{}, false
	}
	c.order.MoveToFront(e)
	return e.Value.(*kept).suite, true
}

// add keeps a suite whose encoding has so many bytes, unless it alone is too
// large. Of two that decode the same one at a time, the first is kept.
func (c *suites) add(d judge.Digest, s judge.Suite, encoded int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := &kept{d, s, int64(encoded + decoded*(1+len(s.Tests)))}
	if c.known[d] != nil || k.bytes > suiteBytes {
		return
	}
	if c.known == nil {
		c.known = map[judge.Digest]*list.Element{}
	}
	c.known[d] = c.order.PushFront(k)
	for c.bytes += k.bytes; c.bytes > suiteBytes; {
		last := c.order.Remove(c.order.Back()).(*kept)
		c.bytes -= last.bytes
		delete(c.known, last.digest)
	}
}
