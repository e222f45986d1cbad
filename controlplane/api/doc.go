// Package api is the native HTTP face, /v1: it knows routes, JSON, who may call
// what, and which status an error becomes. What makes a submission acceptable
// it leaves to intake, what becomes of one to state and replica. The shapes of
// the JSON are declared in package client, for both sides.
//
// A request passes, in this order:
//
//	request id, metrics
//	route            404, 405
//	identity         401, 403; Host check on an open server
//	leader           routes that need the leader are forwarded to it, or 503
//	body             415, 413; a slot for a large one, before it is read
//	handler
//
// What is finished never changes, so any server answers for it. Everything else
// is the leader's.
package api
