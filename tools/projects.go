package tools

import (
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
