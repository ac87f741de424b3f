package tools

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
)

// serverInfo is what there is to know before the first call: about Perses, this server and the caller.
type serverInfo struct {
	Perses  persesInfo  `json:"perses"`
	Server  mcpInfo     `json:"mcp_server"`
	Caller  *callerInfo `json:"caller,omitempty"`
	LeftOut []string    `json:"left_out,omitempty"` // what could not be had, with the reason
}

type persesInfo struct {
	URL      string          `json:"url"`
	Version  string          `json:"version,omitempty"`
	Warning  string          `json:"warning,omitempty"` // it has known vulnerabilities
	Features map[string]bool `json:"features,omitempty"`
}

type mcpInfo struct {
	Version  string `json:"version,omitempty"`
	ReadOnly bool   `json:"read_only"`
	ActsAs   string `json:"acts_as"`
	// Projects are those that it is limited to, if it is.
	Projects []string `json:"only_projects,omitempty"`
}

type callerInfo struct {
	Name string `json:"name,omitempty"`
	May  []may  `json:"may,omitempty"`
	Note string `json:"note,omitempty"`
}

// may is what is allowed in some projects alike.
type may struct {
	In []string `json:"in"` // names of projects; "*" stands for all of them and for what belongs to none
	Do []string `json:"do"` // such as "read,update on Dashboard,Folder", as lists of roles show them
}

// features are those of Perses that decide which tools work: where its configuration has each, and what it says there.
var features = []struct {
	name, path string
	not        bool // the configuration says that it is switched off
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
				info.leave(call, "features", about.NoConfig)
			}
			if logins, known := info.Perses.Features["logins"]; known && !logins {
				info.Caller = &callerInfo{Note: "this Perses has no logins: everybody may do everything"}
				return info, nil
			}
			info.ask(call)
			return info.within(call.Limit), nil
		},
	}
}

func featuresOf(about perses.About) map[string]bool {
	if about.NoConfig != nil {
		return nil
	}
	found := map[string]bool{}
	for _, f := range features {
		found[f.name] = gjson.GetBytes(about.Config, f.path).Bool() != f.not
	}
	return found
}

// ask asks Perses who the caller is, and what they may do.
func (i *serverInfo) ask(call *Call) {
	name, err := call.WhoAmI()
	if err != nil {
		i.leave(call, "caller", err)
		return
	}
	i.Caller = &callerInfo{Name: name}
	permissions, err := call.Permissions(name)
	if err != nil {
		i.leave(call, "permissions", err)
		return
	}
	permissions = slices.DeleteFunc(permissions, func(p perses.Permission) bool { return p.Project != "*" && call.Projects.Check(p.Project) != nil })
	i.Caller.May = condensed(permissions)
	if len(i.Caller.May) == 0 {
		i.Caller.Note = "no rights at all: an administrator of Perses can grant them with a role and its binding"
	}
}

func (i *serverInfo) leave(call *Call, what string, err error) {
	i.LeftOut = append(i.LeftOut, call.Explain("get", perses.Ref{Kind: perses.Kind(what)}, err).Error())
}

// everything is the permission beside which no other says more.
const everything = "* on *"

// condensed puts the projects together in which the same is allowed, and leaves out of each what is allowed in all of them.
func condensed(permissions []perses.Permission) []may {
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
	var all []may
	for _, project := range projects {
		do := byProject[project]
		slices.Sort(do)
		if at := slices.IndexFunc(all, func(m may) bool { return slices.Equal(m.Do, do) }); at >= 0 {
			all[at].In = append(all[at].In, project)
			continue
		}
		all = append(all, may{[]string{project}, do})
	}
	return all
}

// within leaves out permissions from the end until the rest fits, and says how many.
func (i *serverInfo) within(limit int) *serverInfo {
	for left := 0; len(perses.Marshal(i)) > limit && i.Caller != nil && len(i.Caller.May) > 0; {
		last := len(i.Caller.May) - 1
		left += len(i.Caller.May[last].In)
		i.Caller.May = i.Caller.May[:last]
		i.Caller.Note = fmt.Sprintf("the rights in %d more projects are left out: they do not fit into one answer", left)
	}
	return i
}
