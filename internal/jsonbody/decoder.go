package jsonbody

import (
	"io"
	"reflect"
	"sync"
)

// Limits bound what one body may cost. Zero fields stand for the defaults.
type Limits struct {
	Memory   int64 // bytes of decoded values, texts apart: 16 MiB
	Text     int   // longest text that stays in memory: 4 KiB
	Texts    int64 // bytes of all texts that stay in memory: 1 MiB
	Depth    int   // nesting of objects and arrays: 64
	Problems int   // problems collected; reading goes on to the end: 64
}

func (l Limits) withDefaults() Limits {
	return Limits{
		Memory:   or(l.Memory, 16<<20),
		Text:     or(l.Text, 4<<10),
		Texts:    or(l.Texts, 1<<20),
		Depth:    or(l.Depth, 64),
		Problems: or(l.Problems, 64),
	}
}

func or[T comparable](v, fallback T) T {
	var zero T
	if v == zero {
		return fallback
	}
	return v
}

// Decoder decodes bodies into values of one type. It may be used by many
// goroutines at once.
type Decoder[T any] struct {
	limits Limits
	root   *plan
	runs   sync.Pool
}

// New prepares the decoding of a struct type. It panics on types that it
// cannot decode, which is a mistake in the program.
func New[T any](limits Limits) *Decoder[T] {
	return &Decoder[T]{limits: limits.withDefaults(), root: compile(reflect.TypeFor[T]())}
}

// Decode reads one JSON value and the end of the stream. Long texts go to
// spool, which must stay open as long as they are read. The error is a
// *[SyntaxError], [Problems], [ErrMemory], or what r or spool said; after
// [Problems], v holds whatever could be read.
func (d *Decoder[T]) Decode(r io.Reader, spool *Spool, v *T) error {
	run, _ := d.runs.Get().(*run)
	if run == nil {
		run = newRun(d.limits)
	}
	defer d.runs.Put(run)
	run.begin(r, spool)
	defer run.end()
	return run.decode(d.root, reflect.ValueOf(v).Elem())
}
