package api

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"assay/controlplane/intake"
	"assay/controlplane/tenant"
	"assay/internal/jsonbody"
	"assay/internal/natural"
	"assay/judge"
)

// files collects the tests of an archive. What is in the files goes to the
// spool, as an archive may hold an input long before its answer.
type files struct {
	spool  *jsonbody.Spool
	bounds judge.Bounds
	bytes  int64
	byName map[string]*pair
	v      intake.Invalid
}

// pair is the two files of one test.
type pair struct{ in, ans *section }

// section is a part of the spool.
type section struct {
	spool     *jsonbody.Spool
	off, size int64
}

// Size is the number of bytes.
func (s *section) Size() int64 { return s.size }

// Open reads the bytes.
func (s *section) Open() (io.Reader, error) { return s.spool.Section(s.off, s.size), nil }

// archiveDraft reads a tar or zip of NAME.in with NAME.ans or NAME.out. Tests
// are in the order of their names, with numbers in them as numbers. What the
// archive cannot say comes with the query: mode, abs, rel, ignore_case.
func archiveDraft(r *http.Request, kind string, spool *jsonbody.Spool, bounds judge.Bounds, who tenant.Tenant) (*intake.SuiteDraft, error) {
	f := &files{spool: spool, bounds: bounds, byName: map[string]*pair{}}
	read := f.readTar
	if kind == typeZip {
		read = f.readZip
	}
	if err := errors.Join(read(r.Body), spool.Flush()); err != nil {
		return nil, err
	}
	d := &intake.SuiteDraft{Tenant: who}
	d.Suite.Compare = f.compare(r.URL.Query())
	f.fill(d)
	d.Problems = f.v
	return d, nil
}

func (f *files) readTar(body io.Reader) error {
	in := &counted{Reader: body}
	for t := tar.NewReader(in); ; {
		if _, err := io.Copy(io.Discard, t); err != nil {
			return archiveError(err)
		}
		blocks := (in.n + tarBlock - 1) / tarBlock
		h, err := t.Next()
		if err == io.EOF {
			return in.finish(blocks)
		}
		if err != nil {
			return archiveError(err)
		}
		if h.Typeflag != tar.TypeReg {
			continue // folders; links lead nowhere here
		}
		if err := f.add(h.Name, t); err != nil {
			return err
		}
	}
}

const tarBlock = 512

// counted counts the bytes that were read of a tar.
type counted struct {
	io.Reader
	n int64
}

// Read reads and counts.
func (c *counted) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n += int64(n)
	return n, err
}

// finish reads what is after a tar's last file, which ended in so many blocks.
// At least one more must have come, that of the end: the standard reader does
// not miss it, and a tar that was cut between two files would pass for a whole.
func (c *counted) finish(blocks int64) error {
	if c.n > 0 && c.n < (blocks+1)*tarBlock {
		return io.ErrUnexpectedEOF
	}
	_, err := io.Copy(io.Discard, c.Reader)
	return err
}

// readZip needs the whole archive first: its table of contents is at the end.
func (f *files) readZip(body io.Reader) error {
	archive := jsonbody.NewSpool(f.spool.Dir())
	defer archive.Close()
	if _, err := io.Copy(archive, body); err != nil {
		return err
	}
	if err := archive.Flush(); err != nil {
		return err
	}
	z, err := openZip(archive.Section(0, archive.Size()), archive.Size())
	if err != nil {
		return archiveError(err)
	}
	for _, entry := range z.File {
		if entry.Mode().IsRegular() {
			if err := f.addZipped(entry); err != nil {
				return err
			}
		}
	}
	return nil
}

func (f *files) addZipped(entry *zip.File) error {
	r, err := entry.Open()
	if err != nil {
		return archiveError(err)
	}
	defer r.Close()
	return f.add(entry.Name, r)
}

// archiveError tells what is wrong with an archive from what is wrong with its
// sender.
func archiveError(err error) error {
	if _, large := errors.AsType[*http.MaxBytesError](err); large || explainBody(err) != nil {
		return err
	}
	return problem(http.StatusBadRequest, "malformed archive: %v", err)
}

// add takes one file in. Files of other names are left alone.
func (f *files) add(name string, r io.Reader) error {
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	base, kind, ok := cutKind(name)
	if !ok || strings.HasPrefix(path.Base(name), ".") {
		return nil
	}
	p := f.byName[base]
	if p == nil {
		if len(f.byName) >= f.bounds.SuiteTests {
			return unprocessable(intake.Invalid{{Field: "tests", Reason: fmt.Sprintf("are too many, at most %d are accepted", f.bounds.SuiteTests)}})
		}
		p = &pair{}
		f.byName[base] = p
	}
	place := &p.in
	if kind != ".in" {
		place = &p.ans
	}
	if *place != nil {
		f.v.Add("tests."+base, "has %s more than once", kind)
		return nil
	}
	s, err := f.store(r)
	*place = s
	return err
}

func (f *files) store(r io.Reader) (*section, error) {
	s := &section{spool: f.spool, off: f.spool.Size()}
	left := f.bounds.SuiteBytes - f.bytes
	n, err := io.Copy(f.spool, io.LimitReader(r, left+1))
	if err != nil {
		return nil, archiveError(err)
	}
	if n > left {
		return nil, problem(http.StatusRequestEntityTooLarge, "the suite is larger than %d bytes", f.bounds.SuiteBytes)
	}
	s.size = n
	f.bytes += n
	return s, nil
}

func cutKind(name string) (base, kind string, ok bool) {
	for _, kind := range []string{".in", ".ans", ".out"} {
		if base, ok := strings.CutSuffix(name, kind); ok && base != "" {
			return base, kind, true
		}
	}
	return "", "", false
}

// fill makes tests of the pairs.
func (f *files) fill(d *intake.SuiteDraft) {
	folder := f.folder()
	names := make([]string, 0, len(f.byName))
	for name, p := range f.byName {
		if p.in == nil {
			f.v.Add("tests."+name, "has an answer and no input")
			continue
		}
		names = append(names, name)
	}
	slices.SortFunc(names, natural.Compare)
	d.Suite.Tests = make([]judge.Test, len(names))
	for i, name := range names {
		t, p := &d.Suite.Tests[i], f.byName[name]
		// Ids stand in paths of URLs, where a folder's slash would be in the way.
		t.ID = strings.ReplaceAll(strings.TrimPrefix(name, folder), "/", ":")
		d.Bind(&t.Stdin, p.in)
		if p.ans != nil {
			t.Expected = new(judge.Payload)
			d.Bind(t.Expected, p.ans)
		}
	}
}

// folder is the one that all tests are in, with its slash; often archives hold
// just one folder.
func (f *files) folder() string {
	var common string
	first := true
	for name := range f.byName {
		dir := name[:strings.LastIndexByte(name, '/')+1]
		if first {
			common, first = dir, false
		}
		for !strings.HasPrefix(dir, common) {
			common = common[:strings.LastIndexByte(strings.TrimSuffix(common, "/"), '/')+1]
		}
	}
	return common
}

func (f *files) compare(q url.Values) *judge.Compare {
	if !q.Has("mode") && !q.Has("abs") && !q.Has("rel") && !q.Has("ignore_case") {
		return nil
	}
	return &judge.Compare{
		Mode:       judge.Mode(q.Get("mode")),
		IgnoreCase: q.Get("ignore_case") == "true",
		Abs:        f.tolerance(q, "abs"),
		Rel:        f.tolerance(q, "rel"),
	}
}

func (f *files) tolerance(q url.Values, name string) float64 {
	if !q.Has(name) {
		return 0
	}
	t, err := strconv.ParseFloat(q.Get(name), 64)
	if err != nil || math.IsNaN(t) || math.IsInf(t, 0) {
		f.v.Add(name, "must be a number")
		return 0
	}
	return t
}
