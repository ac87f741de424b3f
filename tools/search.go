package tools

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/uses"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
)

// hit is a dashboard that a search has found.
type hit struct {
	rank    int      // how well it fits the words, 0 is best
	Project string   `json:"project"`
	Name    string   `json:"name"`
	Title   string   `json:"title,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Found   []string `json:"found,omitempty"` // where in it
	Updated string   `json:"updated,omitempty"`
	URL     string   `json:"url,omitempty"`
}

func searchDashboards() Tool {
	params := []Param{project, cursor}
	for _, c := range criteria {
		params = append(params, c.param)
	}
	return Tool{
		Name: "perses_search_dashboards", Title: "Search dashboards",
		Description: "Find dashboards that meet all arguments given, in all projects if none is given; the answer says where in each.",
		Params:      params, Toolset: authorToolset,
		Run: func(call *Call) (any, error) {
			terms, err := termsOf(call)
			if err != nil {
				return nil, err
			}
			in := call.Text(project.Name)
			library, err := call.Library(in)
			if err != nil {
				return nil, call.Explain("list", perses.Ref{Kind: modelv1.KindDashboard, Project: in}, err)
			}
			var hints []string
			for _, t := range terms {
				if t.prepare != nil {
					hints = append(hints, t.prepare(call, library.Dashboards)...)
				}
			}
			hits, err := search(call, terms, library.Dashboards)
			if err != nil {
				return nil, err
			}
			if len(hits) == 0 {
				hints = append([]string{nothing(terms, library.Dashboards)}, hints...)
			}
			if len(library.LeftOut) > 0 {
				hints = append(hints, "not searched, for they are too large or no dashboards: "+someOf(library.LeftOut, 3))
			}
			if closed := closedHint(modelv1.KindDashboard, library.Closed); closed != "" {
				hints = append(hints, closed)
			}
			hint := dashboard.Clip(strings.Join(hints, "; "), call.Limit/3) // names that others have chosen may be long
			return pageOf(call, hits, func(h hit) string { return fmt.Sprintf("%d/%s/%s", h.rank, h.Project, h.Name) }, hint), nil
		},
	}
}

// maxTerm is how many bytes a term may have: more than any name, and few enough to be looked for in each text.
const maxTerm = 1000

// termsOf returns what the arguments ask for.
func termsOf(call *Call) ([]term, error) {
	var terms []term
	var names []string
	for _, c := range criteria {
		names = append(names, c.param.Name)
		text := strings.TrimSpace(call.Text(c.param.Name))
		if len(text) > maxTerm {
			return nil, fmt.Errorf("%s: it has %d bytes, more than the %d that are looked for", c.param.Name, len(text), maxTerm)
		}
		if text != "" {
			terms = append(terms, term{c.param.Name, text, c.term(call.Work, text)})
		}
	}
	if terms == nil {
		return nil, errors.New("say what to find: give " + strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1])
	}
	return terms, nil
}

// search returns the dashboards that meet all terms.
func search(call *Call, terms []term, dashboards []*uses.Dashboard) ([]hit, error) {
	var hits []hit
next:
	for i, d := range dashboards {
		const ofUse = 3 // units, for each term
		if !call.Work.Spend(len(terms) * ofUse * (10 + len(d.Uses) + len(d.Panels))) {
			return nil, fmt.Errorf("%d of %d dashboards were searched: %w: name a project, or fewer terms", i, len(dashboards), call.Work.Err())
		}
		h := hit{Project: d.Project, Name: d.Name, Title: perses.MaskText(clip(d.Title)), Updated: seconds(d.Updated)}
		for _, t := range terms {
			found, rank, ok := t.in(d)
			if !ok {
				continue next
			}
			h.rank += rank
			for _, where := range firstOf(found) {
				if len(terms) > 1 {
					where = t.name + ": " + where
				}
				h.Found = append(h.Found, perses.MaskText(where))
			}
		}
		for _, tag := range d.Tags {
			h.Tags = append(h.Tags, perses.MaskText(tag))
		}
		slices.Sort(h.Tags)
		h.URL = call.Page(perses.Ref{Kind: modelv1.KindDashboard, Project: d.Project, Name: d.Name})
		hits = append(hits, h)
	}
	if err := call.Work.Err(); err != nil {
		return nil, fmt.Errorf("the last of %d dashboards was not searched: %w: name a project, or fewer terms", len(dashboards), err)
	}
	return hits, nil
}

// firstOf returns the first few places, each once, and how many more there are.
func firstOf(places []string) []string {
	const few = 5
	var first []string
	seen := map[string]bool{}
	for _, where := range places {
		if where = clip(where); !seen[where] {
			seen[where] = true
			first = append(first, where)
		}
	}
	if more := len(first) - few; more > 0 {
		return append(first[:few:few], fmt.Sprintf("and %d more", more))
	}
	return first
}

// nothing says why no dashboard was found, and what there is instead.
func nothing(terms []term, dashboards []*uses.Dashboard) string {
	if len(dashboards) == 0 {
		return "there are no dashboards here that may be read"
	}
	var alone []string
	for _, t := range terms {
		count := 0
		for _, d := range dashboards {
			if _, _, ok := t.in(d); ok {
				count++
			}
		}
		if count == 0 {
			what := t.name
			if what == "query" {
				what = "words"
			}
			return fmt.Sprintf("no dashboard has the %s %q (searched: %d)%s", what, perses.MaskText(clip(t.text)), len(dashboards), t.instead(dashboards))
		}
		alone = append(alone, fmt.Sprintf("%s in %d", t.name, count))
	}
	return "no dashboard meets all at once; each is met alone: " + strings.Join(alone, ", ")
}

// instead names what the term may have been meant for, or some of what there is.
func (t term) instead(dashboards []*uses.Dashboard) string {
	const few = 8
	counts := map[string]int{}
	for _, d := range dashboards {
		for _, name := range t.names(d) {
			if name != "" {
				counts[clip(name)]++
			}
		}
	}
	var known []string
	for name := range counts {
		known = append(known, name)
	}
	slices.SortFunc(known, func(a, b string) int { return cmp.Or(counts[b]-counts[a], cmp.Compare(a, b)) })
	if t.words != nil && len(nearest.Names(t.text, known)) == 0 {
		var words []string
		for _, d := range dashboards {
			words = append(words, t.words(d)...)
		}
		slices.Sort(words)
		if near := wordsFor(t.text, slices.Compact(words)); near != "" {
			return perses.MaskText("; nearest: " + near)
		}
	}
	return perses.MaskText(insteadOf(t.text, known, few))
}
