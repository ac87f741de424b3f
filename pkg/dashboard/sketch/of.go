package sketch

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// ofTree is what a byte of a document costs that is read as a tree, and compared as one.
const ofTree = 4

// Of returns the sketch of a dashboard: what Expand makes a document of that differs from the given one only in what the JSON
// Pointers of rest name, such as tabs, and in what Perses itself writes into metadata. What the short form has no word for
// stands in options. An error means that the document is no dashboard.
//
// It does not trust itself: it expands the sketch, and compares.
func Of(budget *work.Budget, document json.RawMessage) (s Sketch, rest []string, err error) {
	if !budget.Spend(ofTree * len(document)) {
		return s, nil, unread(budget)
	}
	read, err := tree(document)
	if err != nil {
		return s, nil, err
	}
	root, ok := read.(object)
	spec, hasSpec := root["spec"].(object)
	if !ok || !hasSpec {
		return s, nil, errors.New("it is no dashboard: want an object with kind, metadata and spec")
	}
	s = Sketch{
		Title: text(spec, "display", "name"), Description: text(spec, "display", "description"), Timezone: text(spec, "timezone"),
		Refresh: durationOf(spec, "refreshInterval"), Duration: durationOf(spec, "duration"), Links: links(spec["links"]),
	}
	if s.Duration == defaultDuration {
		s.Duration = ""
	}
	if tags, ok := texts(below(root, "metadata", "tags")); ok {
		s.Tags = tags
	}
	if own, ok := spec["datasources"].(object); ok {
		s.Datasources = encode(own)
	}
	s.Datasource = defaultDatasource(spec)
	s.Variables = variablesOf(budget, spec, s.Datasource)
	rowsOf(budget, &s, spec)
	expanded, err := s.expand(budget, text(root, "metadata", "project"), text(root, "metadata", "name"), Env{})
	if budget.Err() != nil {
		return Sketch{}, nil, unfinished(budget)
	}
	if err != nil { // one of its parts is wrong in a way that reading it has let pass
		s = Sketch{}
		expanded, _ = s.expand(budget, text(root, "metadata", "project"), text(root, "metadata", "name"), Env{})
	}
	var d difference
	patch := d.patch(fields(expanded, "spec"), spec, "/spec")
	for _, key := range ofForm {
		if _, ok := patch[key]; ok {
			delete(patch, key)
			d.rest = append(d.rest, "/spec/"+key)
		}
	}
	if len(patch) > 0 {
		s.Options = encode(patch)
	}
	return s, append(d.rest, outside(expanded, root)...), nil
}

// outside names what differs outside of the spec, but for what Perses writes itself.
func outside(expanded, root object) []string {
	var d difference
	given := object{}
	for key, value := range root {
		if key != "spec" && key != "kind" {
			given[key] = value
		}
	}
	if !same(expanded["kind"], root["kind"]) { // an ephemeral dashboard is no other thing than a dashboard
		d.rest = append(d.rest, "/kind")
	}
	if metadata, ok := root["metadata"].(object); ok {
		own := object{}
		for key, value := range metadata {
			if !slices.Contains([]string{"createdAt", "updatedAt", "version"}, key) {
				own[key] = value
			}
		}
		given["metadata"] = own
	}
	d.inValues(object{"metadata": expanded["metadata"]}, given, "")
	return d.rest
}

// durationOf reads a duration that Perses accepts.
func durationOf(spec object, field string) string {
	duration := text(spec, field)
	if _, ok := dashboard.ParseDuration(duration); !ok {
		return ""
	}
	return duration
}

// texts reads a list of texts.
func texts(v any) (all []string, ok bool) {
	elements, ok := v.([]any)
	for _, element := range elements {
		text, isText := element.(string)
		ok = ok && isText
		all = append(all, text)
	}
	return all, ok && all != nil
}

// links reads links; none if one of them is not wholly like ours.
func links(v any) []Link {
	var all []Link
	for _, element := range list(v) {
		l := Link{
			URL: text(element, "url"), Name: text(element, "name"), Tooltip: text(element, "tooltip"),
			RenderVariables: flag(element, "renderVariables"), TargetBlank: flag(element, "targetBlank"),
		}
		all = append(all, l)
	}
	full, err := linksOf(all)
	if err != nil || !same(any(full), v) {
		return nil
	}
	return all
}
