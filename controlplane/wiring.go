package controlplane

import (
	"context"

	"assay/controlplane/api"
	"assay/controlplane/intake"
	"assay/controlplane/retention"
	"assay/judge"
)

// wiring is what differs between a server that is alone and one among others.
type wiring struct {
	payloads        payloads
	log             intake.Log
	languages       func() []judge.Language
	leaderForAgents func() string
	fresh           retention.Fresh
	references      retention.Blobs
	parts           api.Parts // those that differ
}

func alone(c *ControlPlane) wiring {
	return wiring{
		payloads:  localPayloads(c.blobs),
		log:       c.replica,
		languages: func() []judge.Language { return c.fleet.Languages() },
		// If this server does not lead, nobody does.
		leaderForAgents: func() string { return "" },
		references:      c.blobs,
		parts: api.Parts{
			Log: c.replica, LeaderURL: func() string { return "" },
			Fresh: func(ctx context.Context) error { _, err := c.replica.LeaderIndex(ctx); return err },
		},
	}
}

func among(c *ControlPlane) wiring {
	cl := c.cluster
	return wiring{
		payloads: sharedPayloads(cl.depot, c.blobs),
		log:      cl.log,
		languages: func() []judge.Language {
			if cl.replica.Leader().Here {
				return c.fleet.Languages()
			}
			return cl.followed.Languages()
		},
		leaderForAgents: cl.followed.AgentsAddress,
		fresh:           cl.log.CatchUp,
		references:      cl.depot,
		parts: api.Parts{
			Log: cl.log, LeaderURL: cl.leaderURL, LeaderTransport: cl.transport(),
			Index: cl.log.Index, Reach: cl.log.Reach, Fresh: cl.log.CatchUp, Members: cl.replica,
			Unreachable: cl.members.Unreachable,
		},
	}
}
