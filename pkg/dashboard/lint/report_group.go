package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// maxMissingMetrics is the maximum number of metrics that do not exist and are reported one by one. More of them have one cause,
// usually a dashboard made for another datasource.
const maxMissingMetrics = 8

// groupPlaces joins findings that say the same about several places, such as a hundred queries of a datasource that does not
// exist, if one edit fixes all of them or none does. partial means that findings are missing.
func groupPlaces(findings []Finding, partial bool) []Finding {
	type same struct {
		severity Severity
		what     string
	}
	var kept []Finding
	first := map[same]int{}
	places := map[int][]string{}
	for _, f := range findings {
		i, reported := first[same{f.Severity, f.What}]
		if reported && f.Edit == nil && (kept[i].Edit == nil || operation(kept[i].Edit) == "replace_datasource") {
			places[i] = append(places[i], f.Where)
			continue
		}
		if !reported {
			first[same{f.Severity, f.What}] = len(kept)
		}
		kept = append(kept, f)
	}
	for i, more := range places {
		kept[i].Where = placesOf(slices.Insert(more, 0, kept[i].Where), partial)
	}
	return kept
}

// maxPlaces is the maximum number of places of different kinds that are listed.
const maxPlaces = 3

// placesOf joins places: "panel a, queries[0], queries[1]" for one panel, "panels a, b" for several, "variable a; panel b" for
// places of different kinds. partial means that there may be more places.
func placesOf(places []string, partial bool) string {
	if len(places) == 1 {
		return places[0]
	}
	if slices.ContainsFunc(places, func(place string) bool { return !strings.HasPrefix(place, "panel ") }) {
		return list(places, maxPlaces, "; ", partial)
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
		return "panels " + list(panels, maxListed, ", ", partial)
	case slices.Contains(queries, ""):
		return "panel " + panels[0]
	}
	return "panel " + panels[0] + ", " + list(queries, maxListed, ", ", partial)
}

// list joins the first limit names. partial means that there may be more names.
func list(names []string, limit int, separator string, partial bool) string {
	left := len(names) - limit
	switch {
	case !partial:
		return dashboard.JoinSome(names, limit, separator)
	case left > 0:
		return fmt.Sprintf("%s and at least %d more", strings.Join(names[:limit], separator), left)
	}
	return strings.Join(names, separator) + " and perhaps more"
}

// mergeMissingMetrics reports many metrics that do not exist in one finding. partial means that findings are missing.
func mergeMissingMetrics(findings []Finding, partial bool) []Finding {
	var names, panels []string
	first := -1
	named, shown := map[string]bool{}, map[string]bool{}
	for i, f := range findings {
		if !f.isMissingMetric() {
			continue
		}
		if first < 0 {
			first = i
		}
		if !named[f.missingMetric] {
			named[f.missingMetric] = true
			names = append(names, f.missingMetric)
		}
		if !shown[f.Panel] {
			shown[f.Panel] = true
			panels = append(panels, "panel "+f.Panel)
		}
	}
	if len(names) <= maxMissingMetrics {
		return findings
	}
	all := findings[first]
	all.Where = placesOf(panels, partial)
	all.What = fmt.Sprintf("The metrics %s do not exist. Check that their queries use the right datasource.", list(names, maxListed, ", ", partial))
	kept := slices.Clone(findings[:first])
	kept = append(kept, all)
	for _, f := range findings[first+1:] {
		if !f.isMissingMetric() {
			kept = append(kept, f)
		}
	}
	return kept
}

// isMissingMetric reports whether the finding is an error about a metric that does not exist, without an edit.
func (f Finding) isMissingMetric() bool {
	return f.missingMetric != "" && f.Severity == Error && f.Edit == nil
}
