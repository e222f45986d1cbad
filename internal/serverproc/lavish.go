package serverproc

import (
	"fmt"
	"os"
	"path/filepath"
)

// lavish is a tenant whom no rate stops.
const lavish = `tenant "default" {
  rate  = 1e6
  burst = 1000000
  queue = 1000000
}
`

// Lavish makes the arguments of a server that takes from one tenant whatever it
// can do. The file that they name is made in dir.
func Lavish(dir string) ([]string, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "tenants.hcl")
	if err := os.WriteFile(file, []byte(lavish), 0o600); err != nil {
		return nil, fmt.Errorf("write limits of tenants: %w", err)
	}
	return []string{"--server.tenants", file}, nil
}
