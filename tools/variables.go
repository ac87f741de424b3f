package tools

import (
	"encoding/json"
	"errors"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

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

// withoutName drops the name from the spec of a variable where it is the one of the call: the variables of
// dashboards, which a model may have this spec from, have theirs in that place.
func withoutName(spec json.RawMessage, name string) json.RawMessage {
	variable, _ := decoded(spec).(object)
	if inner, ok := variable["spec"].(object); ok && inner["name"] == name {
		delete(inner, "name")
		return perses.Marshal(variable)
	}
	return spec
}

// object is a JSON object that is put together here.
type object = map[string]any

// newDocument returns a document of a kind around its spec.
func newDocument(k Kind, name string, spec json.RawMessage) json.RawMessage {
	return perses.Marshal(object{"kind": k.Kind, "metadata": object{"name": name}, "spec": spec})
}
