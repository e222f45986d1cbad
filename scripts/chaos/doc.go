// Command chaos treats a cluster of real processes badly and holds it against
// what its clients were told.
//
// Three servers and some nodes run as they do in production, but for the nodes
// having no boxes. Clients hand submissions in all the time. Round by round
// something bad happens, is undone, and the cluster has to come back: processes
// are killed or frozen, networks cut, slow or lossy, disks full, slow or hung.
// What happens follows from a seed.
//
// The oracle is the history of the clients beside what every server says:
// whatever was acknowledged has one result, the same on all servers and for all
// who ever read it; what was never acknowledged is there once at most; the
// states of all servers have the same hash; memory and goroutines are bounded.
//
// As root everything happens in namespaces of its own, which end with the
// command however that ends. Without root there are only the deeds that need
// nothing but processes.
package main
