package state

import (
	"fmt"
	"testing"

	"assay/judge"
)

// Commands are applied 256 at a time, as a full log entry has them, to a store
// of 100,000 finished submissions. A view is taken after every entry, which
// makes the next one copy what it changes. One command, in four runs on a virtual
// core that was shared with other work:
//
//	submit   2.8 - 3.9 us
//	finish   1.8 - 3.0 us
func BenchmarkApply(b *testing.B) {
	const entry = 256
	commands := map[string]func(s *Store, from int) []Command{
		"submit": func(_ *Store, from int) []Command {
			return each(from, entry, func(id string) Command { return bulky(id) })
		},
		"finish": func(s *Store, from int) []Command {
			s.Apply(t0, each(from, entry, func(id string) Command { return bulky(id) }))
			return each(from, entry, func(id string) Command { return accepted(id) })
		},
	}
	for name, commands := range commands {
		b.Run(name, func(b *testing.B) {
			s := New()
			s.Apply(t0, each(0, 100_000, func(id string) Command { return bulky(id) }))
			s.Apply(t0, each(0, 100_000, func(id string) Command { return accepted(id) }))
			b.ReportAllocs()
			b.ResetTimer()
			for n := 0; n < b.N; n += entry {
				b.StopTimer()
				cs := commands(s, 100_000+n)
				b.StartTimer()
				s.View()
				s.Apply(t0, cs)
			}
		})
	}
}

func bulky(id string) Submit {
	return Submit{
		ID: id, Tenant: "acme", Batch: "01JBATCH", Language: "cpp", IdempotencyKey: "key-" + id, Fingerprint: "f",
		Spec: judge.Payload{Inline: make([]byte, 200), Size: 200}, Suite: judge.Payload{Digest: judge.DigestOf(nil)},
	}
}

func each(from, n int, f func(id string) Command) []Command {
	cs := make([]Command, n)
	for i := range cs {
		cs[i] = f(fmt.Sprintf("01J%012d", from+i))
	}
	return cs
}

// A view costs 1.0 to 2.8 us, of however much.
func BenchmarkView(b *testing.B) {
	s := New()
	s.Apply(t0, each(0, 100_000, func(id string) Command { return bulky(id) }))
	b.ReportAllocs()
	for b.Loop() {
		s.View()
	}
}
