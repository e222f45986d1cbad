package intake

import (
	"context"
	"fmt"
	"io"

	"golang.org/x/sync/errgroup"

	"assay/judge"
	"assay/proto/convert"
)

const (
	inlineText = 4 << 10 // bytes of a text that stand in the encoded spec or suite
	inlineSpec = 1 << 10 // bytes of an encoded spec or suite that stand in the log
	writers    = 8       // blobs of one submission that are written at one time
)

// storeLong writes the long texts among contents to blobs. What remains is
// short.
func (in *Intake) storeLong(ctx context.Context, c contents) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for p, from := range c {
		if from.Size() > inlineText {
			g.Go(func() error { return in.storeBlob(ctx, p, from) })
		}
	}
	return g.Wait()
}

func (in *Intake) storeBlob(ctx context.Context, p *judge.Payload, from Content) error {
	r, err := from.Open()
	if err != nil {
		return err
	}
	w, err := in.blobs.Create(ctx)
	if err != nil {
		return err
	}
	defer w.Discard()
	if _, err := io.Copy(w, r); err != nil {
		return fmt.Errorf("store text: %w", err)
	}
	p.Digest, p.Size, err = w.Commit()
	return err
}

// inline returns a copy of a payload that holds its bytes if they are short.
func (c contents) inline(p *judge.Payload) (judge.Payload, error) {
	from := c[p]
	if from == nil || from.Size() > inlineText {
		return *p, nil
	}
	r, err := from.Open()
	if err != nil {
		return judge.Payload{}, err
	}
	b := make([]byte, from.Size())
	if _, err := io.ReadFull(r, b); err != nil {
		return judge.Payload{}, fmt.Errorf("read text: %w", err)
	}
	return judge.Payload{Inline: b, Size: int64(len(b))}, nil
}

// encodeSpec is given a spec whose long files are stored.
func (in *Intake) encodeSpec(ctx context.Context, s judge.Spec, c contents) (judge.Payload, error) {
	files := make([]judge.File, len(s.Files))
	for i := range s.Files {
		content, err := c.inline(&s.Files[i].Content)
		if err != nil {
			return judge.Payload{}, err
		}
		files[i] = judge.File{Name: s.Files[i].Name, Content: content}
	}
	s.Files = files
	data, err := convert.EncodeSpec(s)
	if err != nil {
		return judge.Payload{}, fmt.Errorf("encode spec: %w", err)
	}
	w := in.payload(ctx)
	defer w.discard()
	if _, err := w.Write(data); err != nil {
		return judge.Payload{}, err
	}
	return w.close()
}

// writeSuite writes the encoding of a suite test by test: the encoding of a
// list is that of its elements, one after the other.
func writeSuite(w io.Writer, s judge.Suite, c contents) error {
	for i := range s.Tests {
		t := s.Tests[i]
		var err error
		if t.Stdin, err = c.inline(&s.Tests[i].Stdin); err != nil {
			return err
		}
		if t.Expected != nil {
			expected, err := c.inline(t.Expected)
			if err != nil {
				return err
			}
			t.Expected = &expected
		}
		if err := writePart(w, judge.Suite{Tests: []judge.Test{t}}); err != nil {
			return err
		}
	}
	return writePart(w, judge.Suite{Compare: s.Compare})
}

func writePart(w io.Writer, part judge.Suite) error {
	data, err := convert.EncodeSuite(part)
	if err != nil {
		return fmt.Errorf("encode suite: %w", err)
	}
	_, err = w.Write(data)
	return err
}

// payload collects bytes in memory while they are few and in a blob from then
// on.
type payload struct {
	open  func() (BlobWriter, error)
	bytes []byte
	blob  BlobWriter
}

func (in *Intake) payload(ctx context.Context) *payload {
	return &payload{open: func() (BlobWriter, error) { return in.blobs.Create(ctx) }}
}

// Write turns to a blob once there is too much for the log.
func (p *payload) Write(b []byte) (int, error) {
	if p.blob == nil && len(p.bytes)+len(b) <= inlineSpec {
		p.bytes = append(p.bytes, b...)
		return len(b), nil
	}
	if err := p.spill(); err != nil {
		return 0, err
	}
	return p.blob.Write(b)
}

func (p *payload) spill() error {
	if p.blob != nil {
		return nil
	}
	w, err := p.open()
	if err != nil {
		return err
	}
	p.blob = w
	_, err = w.Write(p.bytes)
	return err
}

func (p *payload) close() (judge.Payload, error) {
	if p.blob == nil {
		return judge.Payload{Inline: p.bytes, Size: int64(len(p.bytes))}, nil
	}
	digest, size, err := p.blob.Commit()
	return judge.Payload{Digest: digest, Size: size}, err
}

func (p *payload) discard() {
	if p.blob != nil {
		p.blob.Discard()
	}
}
