// Package judge is the vocabulary of judging and its pure rules: what a
// submission is, whether a request for one is valid, whether an output is the
// expected one, and which verdict an outcome deserves. It performs no I/O
// beyond the readers and writers it is given, reads no clock, and imports the
// standard library alone.
//
// Three words are kept apart everywhere. An [Outcome] is a fact: how a process
// ended in its box. A [Verdict] is a judgement of that fact against a test. A
// fault is our own failure; it is neither, and ends at worst as [JudgeError].
package judge
