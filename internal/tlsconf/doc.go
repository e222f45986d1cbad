// Package tlsconf knows how the parts of assay prove to each other who they
// are: mutual TLS with certificates of one authority, in which a part's role
// is a name. What a role may do is left to whoever accepts the connection.
//
// A certificate carries its role as the DNS name server.assay or agent.assay,
// beside the hosts that it is for. Whoever dials asks for the role and not for
// the host: servers may move without new certificates, and an agent's key
// never passes for a server's.
package tlsconf
