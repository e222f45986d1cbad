package client

// Language is what submissions can be written in.
type Language struct {
	ID          string            `json:"id"`
	Name        string            `json:"name"`
	Version     string            `json:"version"`
	Aliases     []string          `json:"aliases"`
	Compile     []string          `json:"compile"` // empty when it does not compile
	Run         []string          `json:"run"`
	SourceFile  string            `json:"source_file"`
	Available   bool              `json:"available"`
	Reason      string            `json:"reason,omitempty"`       // why it is not available
	Preparing   bool              `json:"preparing,omitempty"`    // it will be soon: what it needs is made once per machine
	NodeClasses []string          `json:"node_classes,omitempty"` // in which it is available: what submissions can be pinned to
	Multipliers LimitsMultipliers `json:"multipliers"`
}

// LimitsMultipliers are applied to the limits of a request.
type LimitsMultipliers struct {
	CPU           float64 `json:"cpu"`
	Memory        float64 `json:"memory"`
	MemoryExtraKB int64   `json:"memory_extra_kb"`
}

// Languages is the list of all languages.
type Languages struct {
	Languages []Language `json:"languages"`
}
