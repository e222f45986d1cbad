package queue

import "assay/judge"

// Item is one submission that waits, or that was handed out and may come back.
type Item struct {
	ID       string
	Tenant   string
	Priority judge.Priority
	Shape    Shape
	// Seq orders a tenant's items: lower goes first. An item that comes back
	// keeps the one it had.
	Seq uint64
	// Cost is what the item is expected to occupy, in Terms.Unit. When the
	// item is handed out it becomes what its tenant is charged, in
	// box-seconds, which Settle corrects.
	Cost float64
}

// Shape is everything about an item that decides which agents can run it.
// Items of equal shape are interchangeable to an agent.
type Shape struct {
	Language string
	Class    string // node class it is pinned to; empty: any
	Lost     int    // attempts that were lost so far
	Avoid    string // nodes that lost them, sorted, separated by spaces
}

// Terms are what a tenant is entitled to.
type Terms struct {
	Weight  float64 // share relative to other tenants; 0 or less counts as 1
	Unit    float64 // of Item.Cost, in box-seconds; 0 or less counts as 1
	Running int     // most items handed out at one time; 0: no cap
}

// Depth counts the items of one tenant that wait in one class.
type Depth struct {
	Priority judge.Priority
	Tenant   string
	Waiting  int
}
