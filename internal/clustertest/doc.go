// Package clustertest runs whole control planes and agents in one process, on a
// network in memory that can be cut, so that tests can say what happens to a
// cluster. Disks are real, boxes are not: agents sleep as long as a submission
// says and accept it.
//
// [Run] runs a test in a bubble of testing/synctest: time passes only when
// everybody waits, so that elections and leases cost nothing, and whatever is
// left running when the cluster has stopped fails the test.
package clustertest
