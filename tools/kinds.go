package tools

import (
	"slices"
	"strings"

	apiv1 "github.com/perses/perses/pkg/client/api/v1"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses"
)

// Kind is a row of the table of kinds: everything that distinguishes a kind from the others.
type Kind struct {
	perses.Kind
	store
	list   string  // the tool that lists this kind alone, "" for none
	get    string  // the tool that gets a document of this kind alone, "" for none
	param  string  // the argument of that tool for the name
	filter *filter // an argument that filters lists, nil for none
	detail detail  // adds fields of the spec to the items of lists, nil if the metadata is enough
}

// Kinds returns the table of kinds in the order in which tools list them.
func Kinds() []Kind {
	return []Kind{
		{Kind: modelv1.KindProject, store: global(apiv1.ClientInterface.Project),
			list: "perses_list_projects", get: "perses_get_project_by_name", param: "project", detail: addTitle},
		{Kind: modelv1.KindDashboard, store: scoped(apiv1.ClientInterface.Dashboard),
			list: "perses_list_dashboards", get: "perses_get_dashboard_by_name", param: "dashboard", filter: byTag},
		{Kind: modelv1.KindEphemeralDashboard, store: scoped(apiv1.ClientInterface.EphemeralDashboard)},
		{Kind: modelv1.KindFolder, store: scoped(apiv1.ClientInterface.Folder), detail: addTitle},
		{Kind: modelv1.KindDatasource, store: scoped(apiv1.ClientInterface.Datasource),
			list: "perses_list_datasources", get: "perses_get_project_datasource_by_name", param: "datasource", filter: byType, detail: addDatasource},
		{Kind: modelv1.KindGlobalDatasource, store: global(apiv1.ClientInterface.GlobalDatasource),
			list: "perses_list_global_datasources", get: "perses_get_global_datasource_by_name", param: "datasource", filter: byType, detail: addDatasource},
		{Kind: modelv1.KindVariable, store: scoped(apiv1.ClientInterface.Variable),
			list: "perses_list_variables", get: "perses_get_project_variable_by_name", param: "variable", detail: addVariable},
		{Kind: modelv1.KindGlobalVariable, store: global(apiv1.ClientInterface.GlobalVariable),
			list: "perses_list_global_variables", get: "perses_get_global_variable_by_name", param: "variable", detail: addVariable},
		{Kind: modelv1.KindSecret, store: scoped(apiv1.ClientInterface.Secret)},
		{Kind: modelv1.KindGlobalSecret, store: global(apiv1.ClientInterface.GlobalSecret)},
		{Kind: modelv1.KindRole, store: scoped(apiv1.ClientInterface.Role),
			list: "perses_list_project_roles", get: "perses_get_project_role_by_name", param: "role", detail: addRole},
		{Kind: modelv1.KindGlobalRole, store: global(apiv1.ClientInterface.GlobalRole),
			list: "perses_list_global_roles", get: "perses_get_global_role_by_name", param: "role", detail: addRole},
		{Kind: modelv1.KindRoleBinding, store: scoped(apiv1.ClientInterface.RoleBinding),
			list: "perses_list_project_role_bindings", get: "perses_get_project_role_binding_by_name", param: "roleBinding", detail: addBinding},
		{Kind: modelv1.KindGlobalRoleBinding, store: global(apiv1.ClientInterface.GlobalRoleBinding),
			list: "perses_list_global_role_bindings", get: "perses_get_global_role_binding_by_name", param: "roleBinding", detail: addBinding},
		{Kind: modelv1.KindUser, store: global(apiv1.ClientInterface.User)},
	}
}

// ofKind returns the row of a kind, which must be in the table.
func ofKind(k perses.Kind) Kind {
	rows := Kinds()
	return rows[slices.IndexFunc(rows, func(row Kind) bool { return row.Kind == k })]
}

// inProject reports whether documents of the kind belong to projects.
func (k Kind) inProject() bool { return !modelv1.IsGlobal(k.Kind) }

// ref returns a reference to a document of the kind. It ignores the project if the kind belongs to none.
func (k Kind) ref(project, name string) perses.Ref {
	if !k.inProject() {
		project = ""
	}
	return perses.Ref{Kind: k.Kind, Project: project, Name: name}
}

// toolset is the name of the toolset that contains the tools of this kind alone.
func (k Kind) toolset() string { return strings.ToLower(string(k.Kind)) }

// words returns the kind in words, such as "global datasource".
func (k Kind) words() string {
	var b strings.Builder
	for i, r := range string(k.Kind) {
		if r >= 'A' && r <= 'Z' && i > 0 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
	}
	return strings.ToLower(b.String())
}
