// Package convert maps the vocabulary of package judge to the protocol's
// messages and back. Protobuf types stop here: neither the rules nor the
// boxes know them. Converting there and back is the identity, which a fuzz
// test holds; nothing is validated on the way.
package convert
