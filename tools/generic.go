package tools

import (
	"errors"
	"fmt"
)

// genericTools makes the four tools that work on every kind; the kinds that are left out they refuse.
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
	// withKind calls do for the kind that a call names, and refuses a project where there can be none.
	withKind := func(needsProject bool, do func(k Kind, call *Call, in string) (any, error)) func(*Call) (any, error) {
		return func(call *Call) (any, error) {
			k, in := byName[call.Text(kind.Name)], call.Text(project.Name)
			switch {
			case k.inProject() && in == "" && needsProject:
				return nil, fmt.Errorf("missing: project (a %s belongs to one)", k.Kind)
			case !k.inProject() && in != "":
				return nil, fmt.Errorf("a %s belongs to no project: leave project out", k.Kind)
			}
			return do(k, call, in)
		}
	}
	return []Tool{
		{
			Name: "perses_list_resources", Title: "List documents of any kind",
			Description: "List documents of any kind; without project, those of all projects.",
			Params:      []Param{kind, project, prefix, cursor},
			Run:         withKind(false, Kind.listOf),
		},
		{
			Name: "perses_get_resource", Title: "Get a document of any kind",
			Description: "Get one document of any kind. project is needed for the kinds that belong to one.",
			Params:      []Param{kind, project, name, path},
			Run: withKind(true, func(k Kind, call *Call, in string) (any, error) {
				return k.getOf(call, in, call.Text(name.Name))
			}),
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
					return nil, errors.New(notAmong("resource.kind", kindOf(raw), names))
				}
				return k.applyOf(call, raw, "")
			},
		},
		{
			Name: "perses_delete_resource", Title: "Delete a document",
			Description: "Delete one document of any kind; the answer holds what was deleted if it fits.",
			Params: []Param{
				kind, project, name, dryRun, version,
				{Name: "cascade", Type: Flag, Doc: "delete a project with all that is in it"},
			},
			Effect: Deletes,
			Run: withKind(true, func(k Kind, call *Call, in string) (any, error) {
				return k.deleteOf(call, in, call.Text(name.Name))
			}),
		},
	}
}
