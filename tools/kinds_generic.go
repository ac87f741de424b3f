package tools

import (
	"errors"
	"fmt"
)

// genericTools returns the four tools that work on documents of any kind. They refuse other kinds than these.
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
	// withKind calls do with the kind and the project of a call, after checking that the kind goes with a project.
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
			Description: "Get one document of any kind. Kinds that belong to a project need project.",
			Params:      []Param{kind, project, name, path},
			Run: withKind(true, func(k Kind, call *Call, in string) (any, error) {
				return k.getOf(call, in, call.Text(name.Name))
			}),
		},
		{
			Name: "perses_apply_resource", Title: "Create or replace a document",
			Description: "Create or replace a whole document of any kind. To change one: get it, change it, apply it with its version as expected_version (this narrows races, but is no lock).",
			Params: []Param{
				required(Param{Name: "resource", Type: Document, Doc: `{"kind":…,"metadata":{"name":…,"project":…},"spec":{…}}`}),
				dryRun, version,
			},
			Effect: Replaces,
			Run: func(call *Call) (any, error) {
				raw := call.Document("resource")
				k, ok := byName[kindOf(raw)]
				if !ok {
					return nil, errors.New(notAccepted("resource.kind", kindOf(raw), names))
				}
				return k.applyOf(call, raw, "")
			},
		},
		{
			Name: "perses_delete_resource", Title: "Delete a document",
			Description: "Delete one document of any kind; the answer holds the document if it fits.",
			Params: []Param{
				kind, project, name, dryRun, version,
				{Name: "cascade", Type: Flag, Doc: "delete a project with its contents"},
			},
			Effect: Deletes,
			Run: withKind(true, func(k Kind, call *Call, in string) (any, error) {
				return k.deleteOf(call, in, call.Text(name.Name))
			}),
		},
	}
}
