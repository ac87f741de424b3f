package tools

import (
	"bytes"
	"encoding/json"
	"errors"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/perses/perses/pkg/model/api/v1/common"

	"github.com/perses/mcp-server/pkg/perses"
)

func createProject() Tool {
	kind := ofKind(modelv1.KindProject)
	return Tool{
		Name: "perses_create_project", Title: "Create a project",
		Description: "Create a project.",
		Params:      []Param{required(project), {Name: "display_name"}, {Name: "description"}, dryRun},
		Effect:      Creates, Toolset: kind.toolset(),
		Run: func(call *Call) (any, error) {
			p := modelv1.Project{Kind: modelv1.KindProject, Metadata: *modelv1.NewMetadata(call.Text("project"))}
			if call.Has("display_name") || call.Has("description") {
				p.Spec.Display = &common.Display{Name: call.Text("display_name"), Description: call.Text("description")}
			}
			return kind.createOf(call, perses.Marshal(p), "")
		},
	}
}

func createDashboard() Tool {
	kind := ofKind(modelv1.KindDashboard)
	return Tool{
		Name: "perses_create_dashboard", Title: "Create a dashboard",
		Description: "Create a dashboard from a whole document. Panels are a map, shown where a layout refers to them as #/spec/panels/KEY; perses_list_plugins has the kinds of panels and queries.",
		Params: []Param{
			required(project),
			required(Param{Name: "dashboard", Type: Document, Doc: `{"metadata":{"name":…},"spec":{…}}`}),
			dryRun,
		},
		Effect: Creates, Toolset: kind.toolset(),
		Run: func(call *Call) (any, error) {
			return kind.createOf(call, call.Document("dashboard"), call.Text("project"))
		},
	}
}

func createVariable() Tool {
	kind := ofKind(modelv1.KindVariable)
	return Tool{
		Name: "perses_create_project_variable", Title: "Create a project variable",
		Description: "Create a variable of a project: a text variable with value, or any with variable.",
		Params: []Param{
			required(Param{Name: "name", Type: Name}), required(project),
			{Name: "value"},
			{Name: "variable", Type: Document, Doc: `its spec: {"kind":"ListVariable","spec":{…}}`},
			dryRun,
		},
		Effect: Creates, Toolset: kind.toolset(),
		Run: func(call *Call) (any, error) {
			if call.Has("value") == call.Has("variable") {
				return nil, errors.New("give either value (for a text variable) or variable (its whole spec)")
			}
			spec := withoutName(call.Document("variable"), call.Text("name"))
			if call.Has("value") {
				spec = perses.Marshal(object{"kind": "TextVariable", "spec": object{"value": call.Text("value")}})
			}
			return kind.createOf(call, newDocument(kind, call.Text("name"), spec), call.Text("project"))
		},
	}
}

// withoutName removes the name from the spec of a variable if it is the name in the call. A spec that is taken from a dashboard
// has its name there.
func withoutName(spec json.RawMessage, name string) json.RawMessage {
	variable := decodeObject(spec)
	if inner, ok := variable["spec"].(object); ok && inner["name"] == name {
		delete(inner, "name")
		return perses.Marshal(variable)
	}
	return spec
}

// object is a JSON object.
type object = map[string]any

// decodeObject decodes a JSON object and keeps the digits of its numbers. It returns nil for any other value.
func decodeObject(document json.RawMessage) (o object) {
	decoder := json.NewDecoder(bytes.NewReader(document))
	decoder.UseNumber()
	_ = decoder.Decode(&o)
	return o
}

// objectAt returns the object under a key of its parent. It is added if it is missing.
func objectAt(parent object, key string) object {
	o, ok := parent[key].(object)
	if !ok {
		o = object{}
		parent[key] = o
	}
	return o
}

// newDocument returns a document with the given name and spec.
func newDocument(k Kind, name string, spec json.RawMessage) json.RawMessage {
	return perses.Marshal(object{"kind": k.Kind, "metadata": object{"name": name}, "spec": spec})
}
