package fleet

import (
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// ErrNotFound is returned for a node that is not connected here.
var ErrNotFound = errors.New("no such agent")

// Why sessions are cut, as the agent is told.
var (
	errSlow       = status.Error(codes.ResourceExhausted, "messages for the agent pile up")
	errSuperseded = status.Error(codes.Aborted, "the node attached again")
	errOver       = status.Error(codes.Unavailable, "this server leads no more")
	errTaken      = status.Error(codes.AlreadyExists, "another agent that is alive has the name of this node: give each a node.id of its own")
	errNoHello    = status.Error(codes.DeadlineExceeded, "no hello")
)
