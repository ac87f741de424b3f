package tools

import (
	"fmt"
	"strings"

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

// genericTools make the four tools that work on every kind; the kinds that are left out they refuse.
func genericTools(kinds []Kind) []Tool {
	if len(kinds) == 0 {
		return nil
	}
	byName := map[string]Kind{}
	var names []string
	for _, k := range kinds {
		byName[string(k.Kind)] = k
		names = append(names, string(k.Kind))
	}
	kind := required(Param{Name: "kind", Enum: names})
	name := required(Param{Name: "name", Type: Name})
	// of returns the row of the kind that the call names, and refuses a project where there can be none.
	of := func(call *Call, needsProject bool) (Kind, string, error) {
		k, in := byName[call.Text(kind.Name)], call.Text(project.Name)
		switch {
		case k.inProject() && in == "" && needsProject:
			return k, in, fmt.Errorf("missing: project (a %s belongs to one)", k.Kind)
		case !k.inProject() && in != "":
			return k, in, fmt.Errorf("a %s belongs to no project: leave project out", k.Kind)
		}
		return k, in, nil
	}
	return []Tool{
		{
			Name: "perses_list_resources", Title: "List documents of any kind",
			Description: "List documents of any kind; without project, those of all projects.",
			Params:      []Param{kind, project, prefix, cursor},
			Run: func(call *Call) (any, error) {
				k, in, err := of(call, false)
				if err != nil {
					return nil, err
				}
				return k.listOf(call, in)
			},
		},
		{
			Name: "perses_get_resource", Title: "Get a document of any kind",
			Description: "Get one document of any kind. project is needed for the kinds that belong to one.",
			Params:      []Param{kind, project, name, path},
			Run: func(call *Call) (any, error) {
				k, in, err := of(call, true)
				if err != nil {
					return nil, err
				}
				return k.getOf(call, in, call.Text(name.Name))
			},
		},
		{
			Name: "perses_apply_resource", Title: "Create or replace a document",
			Description: "Create a document of any kind, or replace the whole of one: get it first, change it, apply it with its version as expected_version (a guard that narrows races, not a lock).",
			Params: []Param{
				required(Param{Name: "resource", Type: Document, Doc: `{"kind":…,"metadata":{"name":…,"project":…},"spec":{…}}`}),
				dryRun, version,
			},
			Effect: Replaces,
			Run: func(call *Call) (any, error) {
				raw := call.Document("resource")
				k, ok := byName[kindOf(raw)]
				if !ok {
					return nil, fmt.Errorf("resource.kind is %q; there are: %s", kindOf(raw), strings.Join(names, ", "))
				}
				d, err := k.draftOf(raw, "")
				if err != nil {
					return nil, err
				}
				return d.apply(call)
			},
		},
		{
			Name: "perses_delete_resource", Title: "Delete a document",
			Description: "Delete one document of any kind; the answer holds what was deleted.",
			Params: []Param{
				kind, project, name, dryRun, version,
				{Name: "cascade", Type: Flag, Doc: "delete a project with all that is in it"},
			},
			Effect: Deletes,
			Run: func(call *Call) (any, error) {
				k, in, err := of(call, true)
				if err != nil {
					return nil, err
				}
				return k.deleteOf(call, in, call.Text(name.Name))
			},
		},
	}
}
