// Package process runs programs as children for tests, demonstrations and
// measurements: it starts, freezes, kills and weighs them. What the programs
// are is left to its callers.
package process
