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

// criterion is an argument by which dashboards are searched.
type criterion struct {
	param Param
	term  func(budget *work.Budget, text string) matcher
}

// criteria are all of them.
var criteria = []criterion{
	{Param{Name: "query", Doc: "words in name, title, description, tags, panel titles"}, wordsTerm},
	{Param{Name: "tag"}, tagTerm},
	{Param{Name: "metric", Doc: "exact name, or a histogram's"}, metricTerm},
	{Param{Name: "datasource", Type: Name, Doc: "also where it is the default"}, datasourceTerm},
	{Param{Name: "variable", Doc: "defined or used"}, variableTerm},
	{Param{Name: "plugin", Doc: "kind of any plugin, e.g. TimeSeriesChart"}, useTerm(uses.Plugin, uses.DefaultDatasource)},
}

// variableTerm is met by a variable, also if it is named as texts name it: $job.
func variableTerm(budget *work.Budget, text string) matcher {
	return useTerm(uses.OwnVariable, uses.Variable)(budget, variable.Bare(text))
}

// term is a criterion with what a call asks of it.
type term struct {
	name, text string
	matcher
}

// matcher says how a dashboard meets a term.
type matcher struct {
	// in returns where it is met, if it is, and how well: 0 is best.
	in func(d *uses.Dashboard) (found []string, rank int, ok bool)
	// names returns what of the dashboard could be asked for.
	names func(d *uses.Dashboard) []string
	// words returns the words in which it looks, if it looks for words.
	words func(d *uses.Dashboard) []string
	// prepare reads what else must be known; it returns what a reader must be told of it. nil for nothing.
	prepare func(call *Call, dashboards []*uses.Dashboard) []string
}

// insteadOf names those of the known that a text may have been meant for, or the first few of them.
func insteadOf(text string, known []string, few int) string {
	switch near := nearest.Names(text, known); {
	case len(near) > 0:
		return "; nearest: " + strings.Join(near, ", ")
	case len(known) > 0:
		return "; there are: " + someOf(known, few)
	}
	return "; none has any"
}

// The ranks of where a word is found, from the best.
const (
	wholeName = iota
	inName
	inTag
	inDescription
	inPanel
)

// wordsTerm is met when each word stands somewhere. The rank is that of the word that is found worst.
func wordsTerm(budget *work.Budget, text string) matcher {
	lower := strings.ToLower(text)
	words := strings.Fields(lower)
	return matcher{
		in: func(d *uses.Dashboard) (found []string, rank int, ok bool) {
			const ofText = 10 // units, for each word
			if !budget.Spend(ofText * len(words) * (ofText + len(d.Panels))) {
				return nil, 0, false
			}
			if strings.EqualFold(d.Name, text) || strings.EqualFold(d.Title, text) {
				return []string{"name or title"}, wholeName, true
			}
			for _, word := range words {
				where, rankOf := placeOf(word, d)
				if where == "" {
					return nil, 0, false
				}
				found, rank = append(found, where), max(rank, rankOf)
			}
			if rank == inPanel { // all of those that have a word
				for _, p := range d.Panels {
					if slices.ContainsFunc(words, func(word string) bool { return holds(p.Title, word) }) {
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

// wordsFor returns words that there are for those of a text that nothing is like, "" if that is of no help.
func wordsFor(text string, known []string) string {
	const few = 8 // each is compared with all that are known
	words := strings.Fields(strings.ToLower(text))
	if len(words) > few {
		return ""
	}
	var all []string
	for _, word := range words {
		if slices.ContainsFunc(known, func(k string) bool { return holds(k, word) }) {
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
	return "" // there are all of them, but not together
}

// placeOf returns the best place in which a dashboard has a word, "" if it does not.
func placeOf(word string, d *uses.Dashboard) (where string, rank int) {
	switch {
	case holds(d.Name, word) || holds(d.Title, word):
		return "name or title", inName
	case slices.ContainsFunc(d.Tags, func(tag string) bool { return holds(tag, word) }):
		return "tag", inTag
	case holds(d.Description, word):
		return "description", inDescription
	}
	for _, p := range d.Panels {
		if holds(p.Title, word) {
			return "panel " + p.String(), inPanel
		}
	}
	return "", 0
}

// holds tells whether a text has a word in it, which is in lower case.
func holds(text, word string) bool {
	return len(text) >= len(word) && strings.Contains(strings.ToLower(text), word)
}

func tagTerm(_ *work.Budget, tag string) matcher {
	return matcher{
		in:    func(d *uses.Dashboard) ([]string, int, bool) { return nil, 0, slices.Contains(d.Tags, tag) },
		names: func(d *uses.Dashboard) []string { return d.Tags },
	}
}

// useTerm is met by a name that is used in one of these ways.
func useTerm(sorts ...uses.Sort) func(budget *work.Budget, name string) matcher {
	return func(_ *work.Budget, name string) matcher {
		return matcher{
			in: placesOf(func(_ *uses.Dashboard, u uses.Use) (string, bool) {
				return noteOf(u.Sort), u.Name == name && slices.Contains(sorts, u.Sort)
			}),
			names: namesOf(sorts...),
		}
	}
}

// noteOf tells the places where something is defined, or meant without its name, from the others.
func noteOf(sort uses.Sort) string {
	switch sort {
	case uses.OwnVariable, uses.OwnDatasource:
		return "defined"
	case uses.DefaultDatasource:
		return "the default"
	}
	return ""
}

// placesOf makes of what tells a use, and may add a note to its place, what tells a dashboard.
func placesOf(is func(d *uses.Dashboard, u uses.Use) (note string, ok bool)) func(d *uses.Dashboard) ([]string, int, bool) {
	return func(d *uses.Dashboard) (found []string, _ int, _ bool) {
		for _, u := range d.Uses {
			note, ok := is(d, u)
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

// namesOf returns the names that a dashboard uses in one of these ways, each once.
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

// seriesOf are what is put behind the name of a classic histogram or a summary for the names of its series.
var seriesOf = []string{"", "_bucket", "_sum", "_count"}

// metricTerm is met where PromQL selects the metric: by its name, by that of one of its series, or by a regular expression.
func metricTerm(budget *work.Budget, metric string) matcher {
	var names []string
	for _, suffix := range seriesOf {
		names = append(names, metric+suffix)
	}
	patterns := map[string]bool{} // whether they select it
	selects := func(pattern string) bool {
		selected, known := patterns[pattern]
		if !known {
			compiled, err := work.Compile(budget, "^(?s:"+pattern+")$") // one that is too large selects nothing
			selected = err == nil && slices.ContainsFunc(names, func(name string) bool { return compiled.Match(budget, name) })
			patterns[pattern] = selected
		}
		return selected
	}
	return matcher{
		in: placesOf(func(_ *uses.Dashboard, u uses.Use) (note string, ok bool) {
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
