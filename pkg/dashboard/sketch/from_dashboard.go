package sketch

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work"
)

// treeByteCost is the price in units of parsing and comparing a byte of a document.
const treeByteCost = 4

// Of returns the sketch of a dashboard. Options hold what the other fields cannot express. If Expand were given the sketch,
// its document would differ from the original only at the JSON Pointers in inexpressible, such as tabs, and in metadata
// that Perses generates. Of expands the sketch and compares the documents to find these pointers. It returns an error if
// the document is not a dashboard.
func Of(budget *work.Budget, document json.RawMessage) (s Sketch, inexpressible []string, err error) {
	if !budget.Spend(treeByteCost * len(document)) {
		return s, nil, notRead(budget)
	}
	read, err := parseTree(document)
	if err != nil {
		return s, nil, err
	}
	root, ok := read.(object)
	spec, hasSpec := root["spec"].(object)
	if !ok || !hasSpec {
		return s, nil, errors.New("not a dashboard: want an object with kind, metadata and spec")
	}
	s = Sketch{
		Title: stringAt(spec, "display", "name"), Description: stringAt(spec, "display", "description"), Timezone: stringAt(spec, "timezone"),
		Refresh: validDuration(spec, "refreshInterval"), Duration: validDuration(spec, "duration"), Links: readLinks(spec["links"]),
	}
	if s.Duration == defaultDuration {
		s.Duration = ""
	}
	if tags, ok := stringsOf(valueAt(root, "metadata", "tags")); ok {
		s.Tags = tags
	}
	if own, ok := spec["datasources"].(object); ok {
		s.Datasources = encode(own)
	}
	s.Datasource = commonDatasource(spec)
	s.Variables = readVariables(budget, spec, s.Datasource)
	readRows(budget, &s, spec)
	expanded, err := s.expand(budget, stringAt(root, "metadata", "project"), stringAt(root, "metadata", "name"), Env{})
	if budget.Err() != nil {
		return Sketch{}, nil, notExpanded(budget)
	}
	if err != nil { // a part is invalid in a way that reading it did not notice
		s = Sketch{}
		expanded, _ = s.expand(budget, stringAt(root, "metadata", "project"), stringAt(root, "metadata", "name"), Env{})
	}
	var d difference
	patch := d.patch(objectAt(expanded, "spec"), spec, "/spec")
	for _, key := range reservedOptions {
		if _, ok := patch[key]; ok {
			delete(patch, key)
			d.inexpressible = append(d.inexpressible, "/spec/"+key)
		}
	}
	if len(patch) > 0 {
		s.Options = encode(patch)
	}
	return s, append(d.inexpressible, compareOutsideSpec(expanded, root)...), nil
}

// compareOutsideSpec returns pointers to differences outside the spec, except in generated metadata.
func compareOutsideSpec(expanded, root object) []string {
	var d difference
	given := object{}
	for key, value := range root {
		if key != "spec" && key != "kind" {
			given[key] = value
		}
	}
	if !equal(expanded["kind"], root["kind"]) { // an ephemeral dashboard, for example
		d.inexpressible = append(d.inexpressible, "/kind")
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
	d.compareValues(object{"metadata": expanded["metadata"]}, given, "")
	return d.inexpressible
}

// validDuration returns a duration if Perses accepts it, and "" otherwise.
func validDuration(spec object, field string) string {
	duration := stringAt(spec, field)
	if _, ok := dashboard.ParseDuration(duration); !ok {
		return ""
	}
	return duration
}

// stringsOf returns the elements of a list of strings. It reports ok as false for anything else and for an empty list.
func stringsOf(v any) (all []string, ok bool) {
	elements, ok := v.([]any)
	for _, element := range elements {
		text, isText := element.(string)
		ok = ok && isText
		all = append(all, text)
	}
	return all, ok && all != nil
}

// readLinks returns links, or nil if any of them contains more than a Link can express.
func readLinks(v any) []Link {
	var all []Link
	for _, element := range listAt(v) {
		l := Link{
			URL: stringAt(element, "url"), Name: stringAt(element, "name"), Tooltip: stringAt(element, "tooltip"),
			RenderVariables: boolAt(element, "renderVariables"), TargetBlank: boolAt(element, "targetBlank"),
		}
		all = append(all, l)
	}
	full, err := expandLinks(all)
	if err != nil || !equal(any(full), v) {
		return nil
	}
	return all
}
