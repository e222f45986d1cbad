// Package e2e tests the whole: the assay binary as a process of its own, with
// real compilers, real boxes and real signals. It has no code of its own.
package e2e
