package main

import (
	"context"
	"errors"
	"net"
	"strings"

	"google.golang.org/grpc/credentials"
)

var errNoHTTP2 = errors.New("what answers does not speak HTTP/2: most likely this is the port of a server for servers (raft.address); agent.servers names those for agents (server.grpc)")

// knocker puts into words what gRPC, which has no error of its own for it, says
// of TLS without HTTP/2: servers speak that to each other, and their
// certificates are good here too.
type knocker struct {
	credentials.TransportCredentials
}

// ClientHandshake makes sure of a server.
func (k knocker) ClientHandshake(ctx context.Context, authority string, conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	secure, info, err := k.TransportCredentials.ClientHandshake(ctx, authority, conn)
	if err != nil && strings.Contains(err.Error(), "ALPN") {
		err = errNoHTTP2
	}
	return secure, info, err
}

// Clone makes a knocker of the same kind.
func (k knocker) Clone() credentials.TransportCredentials {
	return knocker{k.TransportCredentials.Clone()}
}
