// Package tenant knows who may do what, and how much: which tenant and scopes
// a bearer token stands for, what a tenant's limits are, and whether it may
// hand in one more submission now. It leaves to api how a token arrives and
// what a refusal looks like, to queue and dispatch that weights and running
// caps are kept.
//
// Tokens are static: they come from the configuration, as digests, so that no
// configuration holds a secret. Without any token, a server that is bound to
// loopback is open: everybody on the machine is the default tenant, and only
// operating needs a token.
package tenant
