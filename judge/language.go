package judge

// Language is what a node can judge, as it is published to clients.
type Language struct {
	ID         string // canonical id: what a Program names
	Name       string
	Version    string
	Aliases    []string
	Compile    []string // argv as published; empty when it does not compile
	Run        []string // argv as published
	SourceFile string   // name that a single source is given
	Available  bool
	Reason     string   // why it is not available
	Preparing  bool     // it is not available yet, and will be without anybody's doing
	Classes    []string // node classes in which a node has it, sorted; only as servers tell it
	Toolchain  Digest   // of definition and toolchain: part of what names artifacts and cached results

	// What limits are multiplied by, 0 meaning 1, and what is added to memory
	// limits on top.
	CPUFactor     float64
	MemoryFactor  float64
	MemoryExtraKB int64
}
