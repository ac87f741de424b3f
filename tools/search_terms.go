package tools

import (
	"slices"
	"strings"
	"unicode"

	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/variable"
	"github.com/perses/mcp-server/pkg/work"
)

// criterion is an argument of a search.
type criterion struct {
	param Param
	term  func(budget *work.Budget, text string) matcher
}

var criteria = []criterion{
	{Param{Name: "query", Doc: "words in name, title, description, tags, panel titles"}, wordsTerm},
	{Param{Name: "tag"}, tagTerm},
	{Param{Name: "metric", Doc: "exact name, or a histogram's"}, metricTerm},
	{Param{Name: "datasource", Type: Name, Doc: "also where it is the default"}, datasourceTerm},
	{Param{Name: "variable", Doc: "defined or used"}, variableTerm},
	{Param{Name: "plugin", Doc: "kind of any plugin, e.g. TimeSeriesChart"}, useTerm(uses.Plugin, uses.DefaultDatasource)},
}

// variableTerm matches a variable. The name may have the form $job.
func variableTerm(budget *work.Budget, text string) matcher {
	return useTerm(uses.OwnVariable, uses.Variable)(budget, variable.Bare(text))
}

// term is a criterion with the value that a call gives it.
type term struct {
	name, text string
	matcher
}

// matcher matches dashboards against a term.
type matcher struct {
	// match reports whether the dashboard matches, with the places and a rank: 0 is best.
	match func(d *uses.Dashboard) (found []string, rank int, ok bool)
	// names returns names in the dashboard that would match, for suggestions.
	names func(d *uses.Dashboard) []string
	// words returns the words of the dashboard, for suggestions. It is nil if the term is a name.
	words func(d *uses.Dashboard) []string
	// prepare reads further data that match needs and returns hints for the answer. It may be nil.
	prepare func(call *Call, dashboards []*uses.Dashboard) []string
}

// suggestFrom returns a clause with the known names nearest to a text, or with the first ones up to the limit.
func suggestFrom(known []string, text string, limit int) string {
	switch near := nearest.Names(text, known); {
	case len(near) > 0:
		return "; nearest: " + strings.Join(near, ", ")
	case len(known) > 0:
		return "; there are: " + someOf(known, limit)
	}
	return "; no dashboard has any"
}

// The ranks of the places of a word, from the best.
const (
	wholeName = iota
	inName
	inTag
	inDescription
	inPanel
)

// wordsTerm matches if each word is in some text of the dashboard. The rank is the worst rank of the words.
func wordsTerm(budget *work.Budget, text string) matcher {
	lower := strings.ToLower(text)
	words := strings.Fields(lower)
	return matcher{
		match: func(d *uses.Dashboard) (found []string, rank int, ok bool) {
			const costPerText = 10 // units of work for each word
			if !budget.Spend(costPerText * len(words) * (costPerText + len(d.Panels))) {
				return nil, 0, false
			}
			if strings.EqualFold(d.Name, text) || strings.EqualFold(d.Title, text) {
				return []string{"name or title"}, wholeName, true
			}
			for _, word := range words {
				where, wordRank := placeOf(word, d)
				if where == "" {
					return nil, 0, false
				}
				found, rank = append(found, where), max(rank, wordRank)
			}
			if rank == inPanel { // list all panels that contain a word
				for _, p := range d.Panels {
					if slices.ContainsFunc(words, func(word string) bool { return containsWord(p.Title, word) }) {
						found = append(found, "panel "+p.String())
					}
				}
			}
			return found, rank, true
		},
		names: func(d *uses.Dashboard) []string { return append([]string{d.Name, d.Title}, d.Tags...) },
		words: func(d *uses.Dashboard) []string {
			all := append([]string{d.Name, d.Title, d.Description}, d.Tags...)
			for _, p := range d.Panels {
				all = append(all, p.Title)
			}
			return strings.FieldsFunc(strings.ToLower(strings.Join(all, " ")), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsNumber(r) })
		},
	}
}

// nearestWords replaces each unknown word of a text with the nearest known word. It returns "" if that finds nothing new.
func nearestWords(text string, known []string) string {
	const maxWords = 8 // each is compared with all known words
	words := strings.Fields(strings.ToLower(text))
	if len(words) > maxWords {
		return ""
	}
	var all []string
	for _, word := range words {
		if slices.ContainsFunc(known, func(k string) bool { return containsWord(k, word) }) {
			all = append(all, word)
			continue
		}
		near := nearest.Names(word, known)
		if len(near) == 0 {
			return ""
		}
		all = append(all, near[0])
	}
	if near := strings.Join(all, " "); near != strings.Join(words, " ") {
		return near
	}
	return "" // all words exist, but not in one dashboard
}

// placeOf returns the best-ranked place of a word in a dashboard, "" if there is none.
func placeOf(word string, d *uses.Dashboard) (where string, rank int) {
	switch {
	case containsWord(d.Name, word) || containsWord(d.Title, word):
		return "name or title", inName
	case slices.ContainsFunc(d.Tags, func(tag string) bool { return containsWord(tag, word) }):
		return "tag", inTag
	case containsWord(d.Description, word):
		return "description", inDescription
	}
	for _, p := range d.Panels {
		if containsWord(p.Title, word) {
			return "panel " + p.String(), inPanel
		}
	}
	return "", 0
}

// containsWord reports whether a text contains a word, ignoring case. The word is in lower case.
func containsWord(text, word string) bool {
	return len(text) >= len(word) && strings.Contains(strings.ToLower(text), word)
}

func tagTerm(_ *work.Budget, tag string) matcher {
	return matcher{
		match: func(d *uses.Dashboard) ([]string, int, bool) { return nil, 0, slices.Contains(d.Tags, tag) },
		names: func(d *uses.Dashboard) []string { return d.Tags },
	}
}

// useTerm matches a name that is used in one of these ways.
func useTerm(sorts ...uses.Sort) func(budget *work.Budget, name string) matcher {
	return func(_ *work.Budget, name string) matcher {
		return matcher{
			match: placesOf(func(_ *uses.Dashboard, u uses.Use) (string, bool) {
				return noteOf(u.Sort), u.Name == name && slices.Contains(sorts, u.Sort)
			}),
			names: namesOf(sorts...),
		}
	}
}

// noteOf returns a note about a use that is a definition, or that does not give the name. It returns "" for other uses.
func noteOf(sort uses.Sort) string {
	switch sort {
	case uses.OwnVariable, uses.OwnDatasource:
		return "defined"
	case uses.DefaultDatasource:
		return "the default"
	}
	return ""
}

// placesOf returns a function for matcher.match that applies matches to each use in a dashboard. A note is added to the place of
// the use.
func placesOf(matches func(d *uses.Dashboard, u uses.Use) (note string, ok bool)) func(d *uses.Dashboard) ([]string, int, bool) {
	return func(d *uses.Dashboard) (found []string, _ int, _ bool) {
		for _, u := range d.Uses {
			note, ok := matches(d, u)
			if !ok {
				continue
			}
			where := d.Where(u.Place)
			if note != "" {
				where += " (" + note + ")"
			}
			found = append(found, where)
		}
		return found, 0, found != nil
	}
}

// namesOf returns a function for matcher.names that returns the names used in one of these ways, each once.
func namesOf(sorts ...uses.Sort) func(d *uses.Dashboard) []string {
	return func(d *uses.Dashboard) []string {
		var names []string
		for _, u := range d.Uses {
			if slices.Contains(sorts, u.Sort) {
				names = append(names, u.Name)
			}
		}
		slices.Sort(names)
		return slices.Compact(names)
	}
}

// seriesSuffixes lists the suffixes of the series of a classic histogram or a summary.
var seriesSuffixes = []string{"", "_bucket", "_sum", "_count"}

// metricTerm matches PromQL that selects the metric by its name, by the name of one of its series, or by a regular expression.
func metricTerm(budget *work.Budget, metric string) matcher {
	var names []string
	for _, suffix := range seriesSuffixes {
		names = append(names, metric+suffix)
	}
	patterns := map[string]bool{} // whether each pattern selects the metric
	selects := func(pattern string) bool {
		selected, known := patterns[pattern]
		if !known {
			compiled, err := work.Compile(budget, "^(?s:"+pattern+")$") // a pattern that is too large selects nothing
			selected = err == nil && slices.ContainsFunc(names, func(name string) bool { return compiled.Match(budget, name) })
			patterns[pattern] = selected
		}
		return selected
	}
	return matcher{
		match: placesOf(func(_ *uses.Dashboard, u uses.Use) (note string, ok bool) {
			switch {
			case u.Sort == uses.Metric && u.Name == metric:
				return "", true
			case u.Sort == uses.Metric:
				return u.Name, slices.Contains(names, u.Name)
			case u.Sort == uses.MetricPattern:
				return "as " + u.Name, selects(u.Name)
			case u.Sort == uses.PerhapsMetric:
				return "perhaps: it is not valid PromQL", slices.Contains(names, u.Name)
			}
			return "", false
		}),
		names: namesOf(uses.Metric),
	}
}
