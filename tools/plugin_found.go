package tools

import (
	"encoding/json"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// maxLookedAt is how many dashboards are read in search of one that uses a plugin.
const maxLookedAt = 50

// besideDashboards are the kinds of documents that hold plugins of a kind, too: one of all projects, one of each.
var besideDashboards = map[string]struct{ global, ofProject perses.Kind }{
	"Datasource": {modelv1.KindGlobalDatasource, modelv1.KindDatasource},
	"Variable":   {modelv1.KindGlobalVariable, modelv1.KindVariable},
}

// pluginSearch looks for a plugin in the documents that the caller may read.
type pluginSearch struct {
	call   *Call
	name   string
	most   int             // bytes that it may have
	found  json.RawMessage // as a document has it, with its secrets masked
	in     string          // that document
	looked int             // at dashboards
}

// pluginInUse returns a plugin as the first document has it in which it is not larger than most bytes, and the name of that
// document. What the caller may not read is passed over.
func pluginInUse(call *Call, p perses.Plugin, most int) (found json.RawMessage, in string, err error) {
	s := pluginSearch{call: call, name: p.Name, most: most}
	beside, ok := besideDashboards[p.Kind]
	if ok && s.among(perses.Ref{Kind: beside.global}) {
		return s.found, s.in, nil
	}
	projects, err := call.Names(perses.Ref{Kind: modelv1.KindProject}, "")
	if err != nil {
		return nil, "", call.Explain("list", perses.Ref{Kind: modelv1.KindProject}, err)
	}
	for _, project := range projects {
		if ok && s.among(perses.Ref{Kind: beside.ofProject, Project: project}) || s.amongDashboards(project) {
			return s.found, s.in, nil
		}
		if s.looked >= maxLookedAt {
			break
		}
	}
	return nil, "", call.Work.Err()
}

// among looks in all the documents of a kind, which are small.
func (s *pluginSearch) among(of perses.Ref) bool {
	documents, err := s.call.List(of, "", false)
	if err != nil {
		return false
	}
	for _, d := range documents {
		of.Name = gjson.GetBytes(d, "metadata.name").Str
		if s.look(d, of) {
			return true
		}
	}
	return false
}

// amongDashboards looks in the dashboards of a project, one by one, since each may be large.
func (s *pluginSearch) amongDashboards(project string) bool {
	names, err := s.call.Names(perses.Ref{Kind: modelv1.KindDashboard, Project: project}, "")
	if err != nil {
		return false
	}
	for _, name := range names {
		if s.looked++; s.looked > maxLookedAt {
			return false
		}
		r := perses.Ref{Kind: modelv1.KindDashboard, Project: project, Name: name}
		document, err := s.call.Get(r)
		if perses.IsTooLarge(err) { // no more is read in one call
			s.looked = maxLookedAt
			return false
		}
		if err == nil && s.look(document, r) {
			return true
		}
	}
	return false
}

func (s *pluginSearch) look(document json.RawMessage, r perses.Ref) bool {
	// What is hidden depends on where it stands, so all is masked before a part is taken.
	if s.found = pluginIn(s.call.Work, gjson.ParseBytes(perses.Show(document)), s.name, s.most); s.found != nil {
		s.in = r.String()
	}
	return s.found != nil
}

// pluginIn returns the first object in a value that is a plugin of that name and has at most so many bytes.
func pluginIn(budget *work.Budget, value gjson.Result, name string, most int) (found json.RawMessage) {
	if !value.IsObject() && !value.IsArray() || !strings.Contains(value.Raw, name) {
		return nil
	}
	if !budget.Spend(1 + len(value.Raw)/4) { // each level is read anew
		return nil
	}
	if value.Get("kind").Str == name && value.Get("spec").IsObject() && len(value.Raw) <= most {
		return json.RawMessage(value.Raw)
	}
	value.ForEach(func(_, member gjson.Result) bool {
		found = pluginIn(budget, member, name, most)
		return found == nil
	})
	return found
}
