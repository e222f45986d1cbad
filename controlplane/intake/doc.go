// Package intake takes submissions and suites in: it knows what makes one
// acceptable, where its bytes are kept, and how it becomes a committed record.
// It leaves to api and judge0 how one looks on the way in, and to dispatch what
// happens to it then.
//
//	Draft ──check──> every problem at once, or
//	      ──store──> long texts to blobs, spec and suite encoded, each inline
//	                 when small and a blob when not
//	      ──propose─> committed, under an id that was made before the first try
//
// Bytes are streamed from where the caller has them to where they are kept;
// none of it is in memory as a whole but what is small.
package intake
