package tools

import (
	"encoding/json"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
)

// mostLookedAt is how many documents are read in search of one that uses a plugin.
const mostLookedAt = 50

// pluginInUse looks for a plugin in the documents that the caller may read, and returns it as the first of them has it that
// is not larger than most bytes, with the name of that document. Secrets are masked.
func pluginInUse(call *Call, p perses.Plugin, most int) (found json.RawMessage, in string, err error) {
	look := func(document json.RawMessage, r perses.Ref) bool {
		if found = pluginIn(gjson.ParseBytes(document), p.Name, most); found != nil {
			in = r.String()
		}
		return found != nil
	}
	if p.Kind == "Datasource" {
		documents, err := call.List(perses.Ref{Kind: modelv1.KindGlobalDatasource}, "", false)
		if err != nil && !perses.IsForbidden(err) {
			return nil, "", call.Explain("list", perses.Ref{Kind: modelv1.KindGlobalDatasource}, err)
		}
		for _, d := range documents {
			if look(d, perses.Ref{Kind: modelv1.KindGlobalDatasource, Name: gjson.GetBytes(d, "metadata.name").Str}) {
				return found, in, nil
			}
		}
	}
	projects, err := call.Names(perses.Ref{Kind: modelv1.KindProject}, "")
	if err != nil {
		return nil, "", call.Explain("list", perses.Ref{Kind: modelv1.KindProject}, err)
	}
	looked := 0
	for _, project := range projects {
		names, err := call.Names(perses.Ref{Kind: modelv1.KindDashboard, Project: project}, "")
		if err != nil {
			continue // of those that the caller may not read, or that are gone
		}
		for _, name := range names {
			if looked++; looked > mostLookedAt {
				return nil, "", nil
			}
			r := perses.Ref{Kind: modelv1.KindDashboard, Project: project, Name: name}
			document, err := call.Get(r)
			if perses.IsTooLarge(err) {
				return nil, "", nil // no more is read in one call
			}
			if err == nil && look(document, r) {
				return found, in, nil
			}
		}
	}
	return nil, "", call.Context().Err()
}

// pluginIn returns the first object in a value that is a plugin of that name and, masked, has at most so many bytes.
func pluginIn(value gjson.Result, name string, most int) (found json.RawMessage) {
	if !value.IsObject() && !value.IsArray() {
		return nil
	}
	if value.Get("kind").Str == name && value.Get("spec").IsObject() {
		if shown := perses.Show(json.RawMessage(value.Raw)); len(shown) <= most {
			return shown
		}
	}
	value.ForEach(func(_, member gjson.Result) bool {
		found = pluginIn(member, name, most)
		return found == nil
	})
	return found
}
