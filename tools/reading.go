package tools

import (
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
)

// listTools makes the list tool of each kind that has one of its own.
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

// getTools makes the get tool of each kind that has one of its own.
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
			description = "Get one dashboard, whole; a large one comes as an outline, to be read with path."
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
