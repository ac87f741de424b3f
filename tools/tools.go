// Package tools holds what a model can do with Perses: the table of kinds, the tools made from it, and one
// file for each other capability. The list of all tools is All.
package tools

import (
	"slices"
)

const (
	// pluginToolset is the toolset of the tools that speak of plugins, which are no documents.
	pluginToolset = "plugin"
	// authorToolset is that of the tools which author dashboards.
	authorToolset = "author"
)

// Options select the tools that a server offers.
type Options struct {
	Toolsets []string // those of Toolsets to offer; empty means all
	ReadOnly bool     // leaves out whatever writes
	// ImportDir is the folder from which a tool may read files, "" for none.
	ImportDir string
	// Version is that of this server.
	Version string
}

// Toolsets returns the names of the sets of tools that an operator can choose from.
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

// authorTools returns the tools that author dashboards: find and read them, build, change, check and move them.
func authorTools(kinds []Kind, importDir string) []Tool {
	return slices.Concat(
		[]Tool{searchDashboards(), summarizeDashboard(), buildDashboard(), editDashboard(), checkDashboard()},
		moveTools(kinds),
		[]Tool{migrateGrafana(importDir)},
	)
}
