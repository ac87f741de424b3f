// Package tools implements the MCP tools. Many of them come from the table of kinds; the others have a file each. All lists them.
package tools

import (
	"slices"
)

const (
	pluginToolset = "plugin" // tools about plugins
	authorToolset = "author" // tools that author dashboards
)

// Options select the tools that a server offers.
type Options struct {
	Toolsets []string // names from Toolsets; empty for all
	ReadOnly bool     // leaves out the tools that write
	// ImportDir is the folder from which dashboards can be imported, "" for none.
	ImportDir string
	// Version is the version of this server.
	Version string
}

// Toolsets returns the names of all toolsets.
func Toolsets() []string {
	var names []string
	for _, k := range Kinds() {
		names = append(names, k.toolset())
	}
	return append(names, pluginToolset, queryToolset, authorToolset)
}

// All returns the tools that the options select.
func All(o Options) []Tool {
	offered := func(toolset string) bool {
		return len(o.Toolsets) == 0 || slices.Contains(o.Toolsets, toolset)
	}
	kinds := slices.DeleteFunc(Kinds(), func(k Kind) bool { return !offered(k.toolset()) })
	all := slices.Concat(
		listTools(kinds),
		getTools(kinds),
		genericTools(kinds),
		[]Tool{createProject(), createDashboard(), createGlobalDatasource(), updateGlobalDatasource(), createVariable(), listPlugins(), getPluginSchema()},
		[]Tool{getServerInfo(o)},
		[]Tool{findMetrics(), findLabels(), queryData(), runPanel()},
		renderTools(),
		authorTools(kinds, o.ImportDir),
	)
	return slices.DeleteFunc(all, func(t Tool) bool {
		return t.Toolset != "" && !offered(t.Toolset) || o.ReadOnly && t.Effect != Reads
	})
}

// authorTools returns the tools that author dashboards.
func authorTools(kinds []Kind, importDir string) []Tool {
	return slices.Concat(
		[]Tool{searchDashboards(), summarizeDashboard(), buildDashboard(), editDashboard(), checkDashboard()},
		moveTools(kinds),
		[]Tool{migrateGrafana(importDir)},
	)
}
