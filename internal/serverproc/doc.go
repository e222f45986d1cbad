// Package serverproc runs clusters of `assay server` processes on the loopback,
// for tests and measurements that treat them badly. What the servers are asked
// is left to others.
package serverproc
