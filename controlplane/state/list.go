package state

import "assay/judge"

// maxScan bounds the work of one List: a filter that hardly anything passes
// ends a page early instead of walking through a tenant's whole history.
const maxScan = 10_000

// Filter chooses submissions. An empty field lets everything pass.
type Filter struct {
	Status   judge.Status
	Verdict  judge.Verdict
	Language string
}

func (f Filter) pass(r *Record) bool {
	return (f.Status == "" || f.Status == r.Status) &&
		(f.Verdict == "" || f.Verdict == r.Verdict) &&
		(f.Language == "" || f.Language == r.Language)
}

// List returns a page of a tenant's submissions, newest first: at most limit
// of them that are older than cursor (empty: from the newest). Next is the
// cursor of the page after, and empty at the end. A page may hold fewer than
// limit, even none, and have a next: it is only over when next is empty.
func (v View) List(tenant string, f Filter, cursor string, limit int) (page []Record, next string) {
	scanned := 0
	v.descend(tenant, cursor, func(r *Record) bool {
		if len(page) >= limit || scanned == maxScan {
			return false
		}
		scanned++
		next = r.ID
		if f.pass(r) {
			page = append(page, *r)
		}
		return true
	})
	if v.last(tenant, next) {
		return page, ""
	}
	return page, next
}

// descend calls yield for a tenant's submissions with ids below cursor.
func (v View) descend(tenant, cursor string, yield func(*Record) bool) {
	from := entry[string]{tenant, cursor}
	if cursor == "" {
		from = entry[string]{tenant + "\x00", ""} // just behind the tenant's last
	}
	v.t.tenants.Descend(from, func(e entry[string]) bool {
		if e == from {
			return true
		}
		r, _ := v.t.records.Get(e.id)
		return e.key == tenant && yield(r)
	})
}

// last reports whether a tenant has nothing older than id.
func (v View) last(tenant, id string) bool {
	last := true
	v.descend(tenant, id, func(*Record) bool { last = false; return false })
	return last
}
