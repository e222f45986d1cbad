// Package assayv1 is what the protocol's .proto files generate. Their comments
// are the protocol's specification; nothing here is written by hand but this
// page.
package assayv1

//go:generate go -C ../../../tools run ./protogen -root ../proto -out ../proto assay/v1/fleet.proto assay/v1/judge.proto assay/v1/log.proto
