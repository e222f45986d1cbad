// Package retention decides what may be forgotten: submissions that ended long
// enough ago, and payloads that nothing refers to. Where payloads are kept, and
// how forgetting is agreed upon, it leaves to the blob store and the log.
package retention
