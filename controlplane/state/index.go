package state

import (
	"cmp"
	"iter"

	"github.com/tidwall/btree"
)

// entry says that the submission id belongs under key.
type entry[K cmp.Ordered] struct {
	key K
	id  string
}

// index is a set of entries, ordered by key and then by id.
type index[K cmp.Ordered] = btree.BTreeG[entry[K]]

func newIndex[K cmp.Ordered]() *index[K] {
	return tree(func(a, b entry[K]) bool {
		if a.key != b.key {
			return a.key < b.key
		}
		return a.id < b.id
	})
}

// tree needs no locks of its own: a store has one owner, and views are only
// read. less runs some twenty times for every change.
func tree[T any](less func(a, b T) bool) *btree.BTreeG[T] {
	return btree.NewBTreeGOptions(less, btree.Options{NoLocks: true})
}

// under yields the ids below one key, in order.
func under[K cmp.Ordered](x *index[K], key K) iter.Seq[string] {
	return func(yield func(string) bool) {
		x.Ascend(entry[K]{key: key}, func(e entry[K]) bool { return e.key == key && yield(e.id) })
	}
}
