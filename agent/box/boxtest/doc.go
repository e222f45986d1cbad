// Package boxtest holds what tests need to know about boxes: a fake driver for
// the tests of those who use boxes, and the promises of a box as a suite that
// every driver is held against.
package boxtest
