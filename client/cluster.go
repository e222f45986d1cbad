package client

import "time"

// Agent is a node that judges.
type Agent struct {
	ID         string    `json:"id"`
	State      string    `json:"state"`            // ready, draining, aside
	Reason     string    `json:"reason,omitempty"` // why it is aside: it gets nothing new for now
	Version    string    `json:"version"`
	Since      time.Time `json:"since"` // when it attached
	NodeClass  string    `json:"node_class,omitempty"`
	CPUModel   string    `json:"cpu_model,omitempty"`
	Speed      float64   `json:"speed,omitempty"` // of the calibration program, larger is faster; 0: not measured
	Boxes      int       `json:"boxes"`
	BoxesBusy  int       `json:"boxes_busy"`
	BoxesReady int       `json:"boxes_ready"`
	Leases     int       `json:"leases"`  // submissions it holds
	Credits    int       `json:"credits"` // further submissions it would take
	Languages  []string  `json:"languages"`
}

// Agents is the list of agents that are connected.
type Agents struct {
	Agents []Agent `json:"agents"`
}

// Cluster tells how the control plane is.
type Cluster struct {
	Version string   `json:"version,omitempty"`
	Leader  string   `json:"leader"` // id of the leading server, empty when there is none
	Term    uint64   `json:"term"`
	Servers []Server `json:"servers"`
	Queue   Queue    `json:"queue"`
	Agents  int      `json:"agents"`
	// Level is the feature level that all servers have come to.
	Level int `json:"level"`
	// Agreed is what a majority of the servers last found the state to be; nil
	// before they compared theirs.
	Agreed *StateHash `json:"agreed,omitempty"`
}

// StateHash says what the state was after an entry of the log. Servers whose
// hashes at an index are equal have the same state there.
type StateHash struct {
	Index uint64 `json:"index"`
	Hash  string `json:"hash"` // SHA-256, hexadecimal
}

// Server is a node of the control plane.
type Server struct {
	ID      string `json:"id"`
	Address string `json:"address"`
	State   string `json:"state"` // leader, follower, candidate, unreachable, unknown
	Voter   bool   `json:"voter"`
	Applied uint64 `json:"applied,omitempty"` // last log index applied, where known
	// Checked is what the server last found its state to be.
	Checked *StateHash `json:"checked,omitempty"`
}

// Queue counts what waits or runs.
type Queue struct {
	Queued   int            `json:"queued"` // accepted and not finished, running ones included
	Running  int            `json:"running"`
	Priority map[string]int `json:"priority"` // what waits, by class
	Tenants  map[string]int `json:"tenants"`  // what is not finished, by tenant: others than one's own for operators only
}

// Health is the answer of /healthz and /readyz.
type Health struct {
	Status string `json:"status"`
}
