package lint

import (
	"fmt"
	"slices"
	"strings"
)

// fewAbsent is how many metrics that do not exist are said one by one. More of them have one cause, most often that the
// dashboard asks another datasource than it was made for.
const fewAbsent = 8

// grouped says once what holds for several panels, and has no edit. Those who read the findings are told of each place, but
// of many only how many they are.
func grouped(findings []Finding) []Finding {
	places := map[string][]string{} // by what is said of them
	said := func(f Finding) string { return string(f.Severity) + f.What }
	alone := func(f Finding) bool { return f.Panel == "" || f.Edit != nil || !strings.HasPrefix(f.Where, "panel ") }
	var kept []Finding
	for _, f := range findings {
		if alone(f) {
			kept = append(kept, f)
			continue
		}
		if places[said(f)] == nil {
			kept = append(kept, f)
		}
		places[said(f)] = append(places[said(f)], f.Where)
	}
	for i, f := range kept {
		if !alone(f) {
			kept[i].Where = placesOf(places[said(f)])
		}
	}
	return kept
}

// placesOf names places as one does of a single one: "panel a, query 1", "panel a, queries 1, 2", "panels a, b".
func placesOf(places []string) string {
	if len(places) == 1 {
		return places[0]
	}
	var panels, queries []string
	for _, place := range places {
		panel, query, _ := strings.Cut(strings.TrimPrefix(place, "panel "), ", query ")
		if !slices.Contains(panels, panel) {
			panels = append(panels, panel)
		}
		queries = append(queries, query)
	}
	switch {
	case len(panels) > 1:
		return "panels " + some(panels)
	case slices.Contains(queries, ""):
		return "panel " + panels[0]
	}
	return "panel " + panels[0] + ", queries " + some(queries)
}

// together says of many metrics that do not exist, and that nothing mends, in one finding that they do not.
func together(findings []Finding) []Finding {
	var names, panels []string
	first := -1
	for i, f := range findings {
		if !f.isAbsent() {
			continue
		}
		if first < 0 {
			first = i
		}
		if !slices.Contains(names, f.absent) {
			names = append(names, f.absent)
		}
		if !slices.Contains(panels, f.Panel) {
			panels = append(panels, f.Panel)
		}
	}
	if len(names) <= fewAbsent {
		return findings
	}
	all := findings[first]
	all.Where = placesOf(prefixed("panel ", panels))
	all.What = fmt.Sprintf("There are no metrics %s. Do their queries ask the right datasource?", some(names))
	kept := slices.Clone(findings[:first])
	kept = append(kept, all)
	for _, f := range findings[first+1:] {
		if !f.isAbsent() {
			kept = append(kept, f)
		}
	}
	return kept
}

// isAbsent tells whether it says no more than that there is no such metric, and that this is wrong.
func (f Finding) isAbsent() bool { return f.absent != "" && f.Severity == Error && f.Edit == nil }

func prefixed(prefix string, names []string) []string {
	all := make([]string, len(names))
	for i, name := range names {
		all[i] = prefix + name
	}
	return all
}
