// Package toolchain knows how each language is compiled and run on this node:
// definitions written as data, the real files behind them, what was prepared
// to make them fast, and whether they work. Running the commands it composes
// is left to package runner.
//
// A definition is a language block of an HCL file. The embedded ones are in
// languages/; files of a plugin directory add to them and override them by id.
// Definitions go through four stages:
//
//	load      read, inherit (extends), validate: errors carry file and line
//	discover  find the tools' real files: version managers' shims are never used
//	prepare   make precompiled headers, export data, class archives, once, on disk
//	probe     compile and run the definition's hello program in a box
//
// Discovery comes before boxes are made, because boxes show what [Set.Mounts]
// names; preparing may take a while and goes on in the background.
//
// Arguments may hold placeholders in braces. Everywhere: the name of a tool,
// its NAME.home, the names in vars, {work}, {cache}, {cpus}, {memory_mb},
// {stack_mb}, {stack_kb}, {stack_inner_kb}; for one program also {source},
// {stem}, {output}, and as whole arguments {sources} and {options}. {X?text}
// is text when X exists (an optional tool, the prepared cache) and otherwise
// the whole argument is left out.
package toolchain
