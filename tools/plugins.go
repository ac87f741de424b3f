package tools

import (
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/perses"
)

// pluginItem is a plugin in a list.
type pluginItem struct {
	Name    string `json:"name"`
	Kind    string `json:"kind"`
	Title   string `json:"title,omitempty"`
	Module  string `json:"module"`
	Version string `json:"version"`
}

func listPlugins() Tool {
	byKind := Param{Name: "kind", Doc: "Panel, Datasource, Variable, TimeSeriesQuery, …"}
	return Tool{
		Name: "perses_list_plugins", Title: "List plugins",
		Description: "List the plugins of this Perses: the kinds of panels, queries, variables and datasources.",
		Params:      []Param{byKind, prefix, cursor}, Toolset: pluginToolset,
		Run: func(call *Call) (any, error) {
			plugins, err := call.Plugins()
			if err != nil {
				return nil, call.Explain("list", perses.Ref{Kind: "plugins"}, err)
			}
			var items []pluginItem
			var kinds []string
			for _, p := range plugins {
				kinds = append(kinds, p.Kind)
				if (!call.Has(byKind.Name) || p.Kind == call.Text(byKind.Name)) && strings.HasPrefix(p.Name, call.Text(prefix.Name)) {
					items = append(items, pluginItem{p.Name, p.Kind, p.Title, p.Module, p.Version})
				}
			}
			if items == nil && call.Has(byKind.Name) && !slices.Contains(kinds, call.Text(byKind.Name)) {
				return nil, noItemWith(byKind.Name, call.Text(byKind.Name), kinds)
			}
			return pageOf(call, items, func(p pluginItem) string {
				return strings.Join([]string{p.Name, p.Kind, p.Module, p.Version}, "/") // several plugins may share a name
			}, ""), nil
		},
	}
}
