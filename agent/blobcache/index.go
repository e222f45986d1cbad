package blobcache

import (
	"container/list"

	"assay/judge"
)

// index is what is on disk, the least recently used first.
type index struct {
	limit   int64
	bytes   int64 // of all entries
	order   *list.List
	entries map[judge.Digest]*list.Element
}

type entry struct {
	digest   judge.Digest
	size     int64
	verified bool
}

func newIndex(limit int64) index {
	return index{limit: limit, order: list.New(), entries: map[judge.Digest]*list.Element{}}
}

// use marks a verified entry as used; false when there is none.
func (x *index) use(d judge.Digest) bool {
	e := x.entries[d]
	if e == nil || !e.Value.(*entry).verified {
		return false
	}
	x.order.MoveToBack(e)
	return true
}

// add enters d, used just now, and drops and returns what is too much; d
// itself stays.
func (x *index) add(d judge.Digest, size int64, verified bool) (gone []judge.Digest) {
	x.drop(d)
	x.entries[d] = x.order.PushBack(&entry{digest: d, size: size, verified: verified})
	x.bytes += size
	for x.bytes > x.limit && x.order.Len() > 1 {
		oldest := x.order.Front().Value.(*entry).digest
		x.drop(oldest)
		gone = append(gone, oldest)
	}
	return gone
}

func (x *index) drop(d judge.Digest) {
	e := x.entries[d]
	if e == nil {
		return
	}
	x.order.Remove(e)
	delete(x.entries, d)
	x.bytes -= e.Value.(*entry).size
}

// has reports whether d is on disk, verified or not.
func (x *index) has(d judge.Digest) bool { return x.entries[d] != nil }
