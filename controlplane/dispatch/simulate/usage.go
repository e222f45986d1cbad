package simulate

import "time"

// usage integrates over time who has boxes.
type usage struct {
	since     int64
	busy      int     // boxes
	boxTime   float64 // box-seconds that were occupied
	capacity  float64 // box-seconds that there were
	most      float64 // part that was occupied until 99% of the submissions had ended
	tenants   []usageOf
	backlogs  int     // tenants that have something waiting
	contended float64 // seconds in which every tenant had
}

// usageOf is one tenant's part.
type usageOf struct {
	since   int64
	waiting int     // submissions that no node has
	busy    int     // boxes
	boxTime float64 // box-seconds
	share   float64 // box-seconds while contended
}

func seconds(from, to int64) float64 { return time.Duration(to - from).Seconds() }

// settle books the time since the last change of anything but a tenant's own.
func (w *world) settle() {
	u := &w.usage
	took := seconds(u.since, w.now)
	u.since = w.now
	u.boxTime += took * float64(u.busy)
	u.capacity += took * float64(len(w.nodes)*w.Boxes)
	if u.scarce() {
		u.contended += took
	}
}

// scarce reports whether every one of several tenants waits for something.
func (u *usage) scarce() bool { return len(u.tenants) > 1 && u.backlogs == len(u.tenants) }

func (w *world) settleTenant(t *usageOf) {
	got := seconds(t.since, w.now) * float64(t.busy)
	t.since = w.now
	t.boxTime += got
	if w.usage.scarce() {
		t.share += got
	}
}

// occupied books boxes that a tenant takes, or gives back.
func (w *world) occupied(tenant, boxes int) {
	w.settle()
	t := &w.usage.tenants[tenant]
	w.settleTenant(t)
	w.usage.busy += boxes
	t.busy += boxes
}

// waits books that r has begun to wait for a node, or has ceased to.
func (w *world) waits(r *request, waiting bool) {
	if r.waiting == waiting {
		return
	}
	r.waiting = waiting
	t := &w.usage.tenants[r.tenant]
	more := -1
	if waiting {
		more = 1
	}
	if t.waiting+more > 0 != (t.waiting > 0) {
		w.settle()
		for i := range w.usage.tenants {
			w.settleTenant(&w.usage.tenants[i])
		}
		w.usage.backlogs += more
	}
	t.waiting += more
}
