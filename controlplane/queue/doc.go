// Package queue knows who goes next. Which agents there are, what became of
// what was handed out and where the queue comes from after a failover are left
// to package dispatch. It is pure: no clock, no I/O, no goroutine, no lock; one
// goroutine owns a Queue.
//
// Higher priority classes go strictly first. Inside a class every tenant has a
// virtual clock that advances by cost/weight with each item it is given; the
// tenant whose clock is furthest behind is served next, and inside a tenant
// the oldest item. A tenant that comes back from idling starts at the class's
// clock, so that idling earns nothing, unless its own is still ahead.
//
// What no connected agent can run now is skipped without looking at every
// item: items are filed by their [Shape], which alone decides who can run
// them, and Pop asks once per shape.
//
//	Queue ─ class per priority ─┬─ account per tenant: the virtual clock
//	                            └─ bucket per shape ─ flow per tenant ─ items by age
package queue
