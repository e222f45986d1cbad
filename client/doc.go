// Package client talks to assay's HTTP API, and knows the shapes of its JSON:
// the server uses the same declarations, so the two cannot drift apart. It
// leaves to the server what a valid request is.
//
//	c := client.New("http://127.0.0.1:2358")
//	s, err := c.Submit(ctx, client.Request{
//		Language: "cpp",
//		Source:   program,
//		Tests:    []client.Test{{ID: "1", Stdin: "1 2\n", Expected: client.Expect("3\n")}},
//	})
//	s, err = c.Wait(ctx, s.ID)
//
// Requests that a server puts off (503, 429, a connection that breaks) are
// tried again, after the time that it names. A submission is handed in under
// an idempotency key, so that trying again never runs it twice. What a server
// refuses comes back as a *[Problem].
//
// Times in JSON are milliseconds, sizes are KiB.
package client
