package controlplane

import (
	"errors"
	"net"
	"strings"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"

	"assay/controlplane/mesh"
)

// credentials are what agents are admitted by.
func (c *ControlPlane) credentials() []grpc.ServerOption {
	if c.cfg.AgentsTLS == nil {
		return nil
	}
	door := doorman{credentials.NewTLS(c.cfg.AgentsTLS), mesh.NewTurnedAway(c.log.With("component", "fleet"))}
	return []grpc.ServerOption{grpc.Creds(door)}
}

// doorman says whom it turns away, and why: gRPC tells nobody.
type doorman struct {
	credentials.TransportCredentials
	away *mesh.TurnedAway
}

// ServerHandshake admits a connection or not.
func (d doorman) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	secure, info, err := d.TransportCredentials.ServerHandshake(conn)
	if err != nil {
		d.away.Tell(conn.RemoteAddr(), meaning(err))
	}
	return secure, info, err
}

var errNoHTTP2 = errors.New("what dials does not offer HTTP/2: most likely a server that takes this port for agents (server.grpc) for the one of servers (raft.address); look at raft.servers and raft.advertise there")

// meaning puts into words what gRPC, which has no error of its own for it, says
// of TLS without HTTP/2: servers speak that to each other, and their
// certificates are good here too.
func meaning(err error) error {
	if strings.Contains(err.Error(), "ALPN") {
		return errNoHTTP2
	}
	return err
}

// Clone makes a doorman of the same kind.
func (d doorman) Clone() credentials.TransportCredentials {
	return doorman{d.TransportCredentials.Clone(), d.away}
}
