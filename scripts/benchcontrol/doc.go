// Command benchcontrol measures the control plane: three servers on this
// machine, each commit on disk, nodes that accept every program at once, and a
// load over HTTP. It prints how long bursts take and the ratios R1 to R5, which
// compare the control plane with the plainest thing that takes the same bytes.
package main
