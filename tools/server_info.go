package tools

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
)

// serverInfo is the answer of perses_get_server_info.
type serverInfo struct {
	Perses  persesInfo  `json:"perses"`
	Server  mcpInfo     `json:"mcp_server"`
	Caller  *callerInfo `json:"caller,omitempty"`
	LeftOut []string    `json:"left_out,omitempty"` // parts that could not be read, with the reason
}

type persesInfo struct {
	URL      string          `json:"url"`
	Version  string          `json:"version,omitempty"`
	Warning  string          `json:"warning,omitempty"` // about known vulnerabilities of this version
	Features map[string]bool `json:"features,omitempty"`
}

type mcpInfo struct {
	Version  string `json:"version,omitempty"`
	ReadOnly bool   `json:"read_only"`
	ActsAs   string `json:"acts_as"`
	// Projects is the project scope, if the server has one.
	Projects []string `json:"only_projects,omitempty"`
}

type callerInfo struct {
	Name   string       `json:"name,omitempty"`
	Rights []permission `json:"may,omitempty"`
	Note   string       `json:"note,omitempty"`
}

// permission lists the actions that the caller may perform in some projects.
type permission struct {
	Projects []string `json:"in"` // "*" stands for all projects and for global documents
	Actions  []string `json:"do"` // such as "read,update on Dashboard,Folder", as in lists of roles
}

// features lists the features of Perses that some tools need, with their paths in its configuration.
var features = []struct {
	name, path string
	negated    bool // the configuration says whether it is disabled
}{
	{"logins", "security.enable_auth", false},
	{"read_only", "security.readonly", false},
	{"ephemeral_dashboards", "ephemeral_dashboard.enable", false},
	{"global_datasources", "datasource.global.disable", true},
	{"project_datasources", "datasource.project.disable", true},
	{"dashboard_datasources", "datasource.disable_local", true},
	{"global_variables", "variable.global.disable", true},
	{"project_variables", "variable.project.disable", true},
}

func getServerInfo(o Options) Tool {
	return Tool{
		Name: "perses_get_server_info", Title: "Get server info",
		Description: "Get Perses' version and features, who you are there and what you may do in which project.",
		Run: func(call *Call) (any, error) {
			about, err := call.About()
			if err != nil {
				return nil, call.Explain("get", perses.Ref{Kind: "server info"}, err)
			}
			info := serverInfo{
				Perses: persesInfo{URL: call.URL(), Version: about.Version, Warning: perses.Outdated(about.Version), Features: featuresOf(about)},
				Server: mcpInfo{Version: o.Version, ReadOnly: o.ReadOnly, ActsAs: call.ActsAs(), Projects: call.Projects},
			}
			if about.NoConfig != nil {
				info.leaveOut(call, "features", about.NoConfig)
			}
			if logins, known := info.Perses.Features["logins"]; known && !logins {
				info.Caller = &callerInfo{Note: "this Perses has no logins: everybody may do everything"}
				return info, nil
			}
			info.addCaller(call)
			return info.fit(call.Limit), nil
		},
	}
}

func featuresOf(about perses.About) map[string]bool {
	if about.NoConfig != nil {
		return nil
	}
	found := map[string]bool{}
	for _, f := range features {
		found[f.name] = gjson.GetBytes(about.Config, f.path).Bool() != f.negated
	}
	return found
}

// addCaller adds the name and the rights of the caller.
func (i *serverInfo) addCaller(call *Call) {
	name, err := call.WhoAmI()
	if err != nil {
		i.leaveOut(call, "caller", err)
		return
	}
	i.Caller = &callerInfo{Name: name}
	permissions, err := call.Permissions(name)
	if err != nil {
		i.leaveOut(call, "permissions", err)
		return
	}
	permissions = slices.DeleteFunc(permissions, func(p perses.Permission) bool { return p.Project != "*" && call.Projects.Check(p.Project) != nil })
	i.Caller.Rights = groupPermissions(permissions)
	if len(i.Caller.Rights) == 0 {
		i.Caller.Note = "no rights at all: an administrator of Perses can grant them with a role and its binding"
	}
}

func (i *serverInfo) leaveOut(call *Call, what string, err error) {
	i.LeftOut = append(i.LeftOut, call.Explain("get", perses.Ref{Kind: perses.Kind(what)}, err).Error())
}

// everything is the permission that includes all others.
const everything = "* on *"

// groupPermissions groups the projects with the same permissions. It leaves out permissions that apply in all projects anyway.
func groupPermissions(permissions []perses.Permission) []permission {
	byProject := map[string][]string{}
	var projects []string // sorted, so that "*" comes first
	for _, p := range permissions {
		do := strings.Join(p.Actions, ",") + " on " + strings.Join(p.Scopes, ",")
		anywhere := byProject["*"]
		if slices.Contains(anywhere, do) || slices.Contains(anywhere, everything) || slices.Contains(byProject[p.Project], do) {
			continue
		}
		if byProject[p.Project] == nil {
			projects = append(projects, p.Project)
		}
		byProject[p.Project] = append(byProject[p.Project], do)
	}
	var all []permission
	for _, project := range projects {
		do := byProject[project]
		slices.Sort(do)
		if at := slices.IndexFunc(all, func(p permission) bool { return slices.Equal(p.Actions, do) }); at >= 0 {
			all[at].Projects = append(all[at].Projects, project)
			continue
		}
		all = append(all, permission{[]string{project}, do})
	}
	return all
}

// fit removes permissions from the end until the answer fits, and counts the projects left out.
func (i *serverInfo) fit(limit int) *serverInfo {
	for left := 0; len(perses.Marshal(i)) > limit && i.Caller != nil && len(i.Caller.Rights) > 0; {
		last := len(i.Caller.Rights) - 1
		left += len(i.Caller.Rights[last].Projects)
		i.Caller.Rights = i.Caller.Rights[:last]
		i.Caller.Note = fmt.Sprintf("the rights in %d more projects do not fit into one answer", left)
	}
	return i
}
