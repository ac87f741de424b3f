package tools

import (
	"encoding/json"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work"
)

// maxDashboardsRead is the maximum number of dashboards that are read to find one that uses a plugin.
const maxDashboardsRead = 50

// pluginDocuments maps a kind of plugins to the kinds of documents other than dashboards that use them.
var pluginDocuments = map[string]struct{ global, ofProject perses.Kind }{
	"Datasource": {modelv1.KindGlobalDatasource, modelv1.KindDatasource},
	"Variable":   {modelv1.KindGlobalVariable, modelv1.KindVariable},
}

// pluginSearch searches the documents that the caller may read for a plugin.
type pluginSearch struct {
	call  *Call
	name  string
	limit int             // the maximum size of the plugin in bytes
	found json.RawMessage // the plugin as in the document, with masked secrets
	in    string          // the name of the document
	read  int             // the number of dashboards read
}

// pluginInUse returns a plugin of at most limit bytes from the first document that uses one, and the name of that document. It
// skips documents that the caller may not read.
func pluginInUse(call *Call, p perses.Plugin, limit int) (found json.RawMessage, in string, err error) {
	s := pluginSearch{call: call, name: p.Name, limit: limit}
	kinds, ok := pluginDocuments[p.Kind]
	if ok && s.searchAll(perses.Ref{Kind: kinds.global}) {
		return s.found, s.in, nil
	}
	projects, err := call.Names(perses.Ref{Kind: modelv1.KindProject}, "")
	if err != nil {
		return nil, "", call.Explain("list", perses.Ref{Kind: modelv1.KindProject}, err)
	}
	for _, project := range projects {
		if ok && s.searchAll(perses.Ref{Kind: kinds.ofProject, Project: project}) || s.searchDashboards(project) {
			return s.found, s.in, nil
		}
		if s.read >= maxDashboardsRead {
			break
		}
	}
	return nil, "", call.Work.Err()
}

// searchAll searches all documents in a scope with one request, because they are small.
func (s *pluginSearch) searchAll(scope perses.Ref) bool {
	documents, err := s.call.List(scope, "", false)
	if err != nil {
		return false
	}
	for _, d := range documents {
		scope.Name = gjson.GetBytes(d, "metadata.name").Str
		if s.search(d, scope) {
			return true
		}
	}
	return false
}

// searchDashboards searches the dashboards of a project one by one, because each may be large.
func (s *pluginSearch) searchDashboards(project string) bool {
	names, err := s.call.Names(perses.Ref{Kind: modelv1.KindDashboard, Project: project}, "")
	if err != nil {
		return false
	}
	for _, name := range names {
		if s.read++; s.read > maxDashboardsRead {
			return false
		}
		r := perses.Ref{Kind: modelv1.KindDashboard, Project: project, Name: name}
		document, err := s.call.Get(r)
		if perses.IsTooLarge(err) { // the call may not read more
			s.read = maxDashboardsRead
			return false
		}
		if err == nil && s.search(document, r) {
			return true
		}
	}
	return false
}

func (s *pluginSearch) search(document json.RawMessage, r perses.Ref) bool {
	// Masking depends on the place of a value, so it comes before the plugin is cut out.
	if s.found = pluginIn(s.call.Work, gjson.ParseBytes(mask.Document(document)), s.name, s.limit); s.found != nil {
		s.in = r.String()
	}
	return s.found != nil
}

// pluginIn returns the first plugin of the given name in a value that has at most limit bytes.
func pluginIn(budget *work.Budget, value gjson.Result, name string, limit int) (found json.RawMessage) {
	if !value.IsObject() && !value.IsArray() || !strings.Contains(value.Raw, name) {
		return nil
	}
	if !budget.Spend(1 + len(value.Raw)/4) { // each level is read again
		return nil
	}
	if value.Get("kind").Str == name && value.Get("spec").IsObject() && len(value.Raw) <= limit {
		return json.RawMessage(value.Raw)
	}
	value.ForEach(func(_, member gjson.Result) bool {
		found = pluginIn(budget, member, name, limit)
		return found == nil
	})
	return found
}
