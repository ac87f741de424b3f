package tools

import (
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
)

// listTools returns the list tools of the kinds that have their own.
func listTools(kinds []Kind) []Tool {
	var tools []Tool
	for _, k := range kinds {
		if k.list == "" {
			continue
		}
		params := []Param{prefix, cursor}
		if k.filter != nil {
			params = append(params, k.filter.param)
		}
		if k.inProject() {
			params = append(params, required(project))
		}
		tools = append(tools, Tool{
			Name: k.list, Title: "List " + plural(k), Description: "List the " + plural(k) + ofProject(k) + ".",
			Params: params, Toolset: k.toolset(),
			Run: func(call *Call) (any, error) { return k.listOf(call, call.Text(project.Name)) },
		})
	}
	return tools
}

// getTools returns the get tools of the kinds that have their own.
func getTools(kinds []Kind) []Tool {
	var tools []Tool
	for _, k := range kinds {
		if k.get == "" {
			continue
		}
		params := []Param{required(Param{Name: k.param, Type: Name}), path}
		if k.inProject() {
			params = append(params, required(project))
		}
		description := "Get one " + k.words() + ", whole."
		if k.Kind == modelv1.KindDashboard {
			description = "Get one dashboard, or the outline of a large one, whose parts path reads."
			params = append(params, asSketch)
		}
		tools = append(tools, Tool{
			Name: k.get, Title: "Get a " + k.words(), Description: description,
			Params: params, Toolset: k.toolset(),
			Run: func(call *Call) (any, error) {
				return k.getOf(call, call.Text(project.Name), call.Text(k.param))
			},
		})
	}
	return tools
}

func plural(k Kind) string { return k.words() + "s" }

func ofProject(k Kind) string {
	if k.inProject() {
		return " of a project"
	}
	return ""
}
