package lint

import (
	"fmt"
	"slices"
	"strings"
)

// fewAbsent is how many metrics that do not exist are said one by one. More of them have one cause, most often that the
// dashboard asks another datasource than it was made for.
const fewAbsent = 8

// grouped says once what is the same in many places, and is mended in all of them or in none: that a datasource does not
// exist, a dashboard could say a hundred times.
func grouped(findings []Finding) []Finding {
	type same struct {
		severity Severity
		what     string
	}
	var kept []Finding
	first := map[same]int{}
	places := map[int][]string{}
	for _, f := range findings {
		i, said := first[same{f.Severity, f.What}]
		if said && f.Edit == nil && (kept[i].Edit == nil || operation(kept[i].Edit) == "replace_datasource") {
			places[i] = append(places[i], f.Where)
			continue
		}
		if !said {
			first[same{f.Severity, f.What}] = len(kept)
		}
		kept = append(kept, f)
	}
	for i, more := range places {
		kept[i].Where = placesOf(slices.Insert(more, 0, kept[i].Where))
	}
	return kept
}

// maxPlaces is how many places of different sorts are named.
const maxPlaces = 3

// placesOf names places: "panel a, queries[0]", "panel a, queries[0], queries[1]", "panels a, b"; "variable a; panel b" if they are of different
// sorts.
func placesOf(places []string) string {
	if len(places) == 1 {
		return places[0]
	}
	if slices.ContainsFunc(places, func(place string) bool { return !strings.HasPrefix(place, "panel ") }) {
		if left := len(places) - maxPlaces; left > 0 {
			places = append(places[:maxPlaces:maxPlaces], fmt.Sprintf("%d more", left))
		}
		return strings.Join(places, "; ")
	}
	var panels, queries []string
	seen := map[string]bool{}
	for _, place := range places {
		panel, query, _ := strings.Cut(strings.TrimPrefix(place, "panel "), ", ")
		if !seen[panel] {
			seen[panel] = true
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
	return "panel " + panels[0] + ", " + some(queries)
}

// together says of many metrics that do not exist, and that nothing mends, in one finding that they do not.
func together(findings []Finding) []Finding {
	var names, panels []string
	first := -1
	named, shown := map[string]bool{}, map[string]bool{}
	for i, f := range findings {
		if !f.isAbsent() {
			continue
		}
		if first < 0 {
			first = i
		}
		if !named[f.absent] {
			named[f.absent] = true
			names = append(names, f.absent)
		}
		if !shown[f.Panel] {
			shown[f.Panel] = true
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
