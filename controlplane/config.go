package controlplane

import (
	"crypto/tls"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"time"

	"assay/controlplane/api"
	"assay/controlplane/dispatch"
	"assay/controlplane/fleet"
	"assay/controlplane/intake"
	"assay/controlplane/replica"
	"assay/controlplane/retention"
	"assay/controlplane/tenant"
)

// Config of a server.
type Config struct {
	NodeID  string
	DataDir string // log, snapshots and payloads; created when missing
	Version string
	// Alone says that no agent of an earlier life of this process can still be
	// running attempts: nothing is held back for agents to claim.
	Alone bool
	// Cluster is nil for a server without others.
	Cluster *Cluster
	// AgentsTLS is what agents are admitted by; nil is plain.
	AgentsTLS *tls.Config

	API       api.Config
	Intake    intake.Config
	Dispatch  dispatch.Config
	Fleet     fleet.Config
	Retention retention.Config
	Tenants   tenant.Config
}

// DefaultConfig is a server whose name and folder are left to the caller.
func DefaultConfig() Config {
	return Config{
		API:       api.DefaultConfig(),
		Intake:    intake.DefaultConfig(),
		Dispatch:  dispatch.DefaultConfig(),
		Fleet:     fleet.DefaultConfig(),
		Retention: retention.DefaultConfig(),
	}
}

// Flags declares the settings of a server.
func (c *Config) Flags(fs *flag.FlagSet) {
	c.API.Flags(fs)
	c.Intake.Flags(fs)
	c.Retention.Flags(fs)
}

// Validate reports everything that is wrong at once.
func (c Config) Validate() error {
	return errors.Join(c.validateID(), c.API.Validate(), c.Intake.Validate(), c.Dispatch.Validate(), c.Retention.Validate(), c.Tenants.Validate())
}

// validateID is for what gets written into a data directory for ever.
func (c Config) validateID() error {
	if c.Cluster == nil {
		return nil
	}
	if err := replica.CheckID(c.NodeID); err != nil {
		return fmt.Errorf("server.id: %w", err)
	}
	return nil
}

// resolve settles what follows from other settings.
func (c Config) resolve() Config {
	c.API.SpoolDir = filepath.Join(c.DataDir, "spool")
	c.Dispatch.Lease = c.Fleet.Lease
	if c.Alone {
		c.Dispatch.Grace = 0
	}
	return c
}

// clusterName is empty for a server that is alone.
func (c Config) clusterName() string {
	if c.Cluster == nil {
		return ""
	}
	return c.Cluster.Name
}

// The HTTP server's own patience. Bodies and answers have deadlines of their
// own in package api.
const (
	readHeaderTimeout = 10 * time.Second
	idleTimeout       = 2 * time.Minute
	shutdownTimeout   = 5 * time.Second
)
