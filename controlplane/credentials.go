package controlplane

import (
	"log/slog"
	"net"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
)

// credentials are what agents are admitted by.
func (c *ControlPlane) credentials() []grpc.ServerOption {
	if c.cfg.AgentsTLS == nil {
		return nil
	}
	door := doorman{credentials.NewTLS(c.cfg.AgentsTLS), c.log.With("component", "fleet")}
	return []grpc.ServerOption{grpc.Creds(door)}
}

// doorman says whom it turns away, and why: gRPC tells nobody.
type doorman struct {
	credentials.TransportCredentials
	log *slog.Logger
}

// ServerHandshake admits a connection or not.
func (d doorman) ServerHandshake(conn net.Conn) (net.Conn, credentials.AuthInfo, error) {
	secure, info, err := d.TransportCredentials.ServerHandshake(conn)
	if err != nil {
		d.log.Warn("connection turned away", "from", conn.RemoteAddr().String(), "err", err)
	}
	return secure, info, err
}

// Clone makes a doorman of the same kind.
func (d doorman) Clone() credentials.TransportCredentials {
	return doorman{d.TransportCredentials.Clone(), d.log}
}
