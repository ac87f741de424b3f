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
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// hit is a dashboard in the answer of a search.
type hit struct {
	rank    int      // 0 is the best match of the words
	Project string   `json:"project"`
	Name    string   `json:"name"`
	Title   string   `json:"title,omitempty"`
	Tags    []string `json:"tags,omitempty"`
	Found   []string `json:"found,omitempty"` // places of the matches
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
		Description: "Find dashboards that match all given arguments, in all projects unless one is given; the answer says where.",
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
				hints = append([]string{explainNoHits(terms, library.Dashboards)}, hints...)
			}
			if len(library.LeftOut) > 0 {
				hints = append(hints, "not searched, because they are too large or not dashboards: "+someOf(library.LeftOut, 3))
			}
			if hint := forbiddenHint(modelv1.KindDashboard, library.Closed); hint != "" {
				hints = append(hints, hint)
			}
			hint := dashboard.Clip(strings.Join(hints, "; "), call.Limit/3) // names from documents may be long
			return pageOf(call, hits, func(h hit) string { return fmt.Sprintf("%d/%s/%s", h.rank, h.Project, h.Name) }, hint), nil
		},
	}
}

// maxTerm is the maximum length of a search term in bytes.
const maxTerm = 1000

// termsOf returns the terms in the arguments.
func termsOf(call *Call) ([]term, error) {
	var terms []term
	var names []string
	for _, c := range criteria {
		names = append(names, c.param.Name)
		text := strings.TrimSpace(call.Text(c.param.Name))
		if len(text) > maxTerm {
			return nil, fmt.Errorf("%s: it has %d bytes, more than the maximum of %d", c.param.Name, len(text), maxTerm)
		}
		if text != "" {
			terms = append(terms, term{c.param.Name, text, c.term(call.Work, text)})
		}
	}
	if terms == nil {
		return nil, errors.New("give at least one of " + strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1])
	}
	return terms, nil
}

// search returns the dashboards that match all terms.
func search(call *Call, terms []term, dashboards []*uses.Dashboard) ([]hit, error) {
	var hits []hit
next:
	for i, d := range dashboards {
		const costPerUse = 3 // units of work for each term
		if !call.Work.Spend(len(terms) * costPerUse * (10 + len(d.Uses) + len(d.Panels))) {
			return nil, fmt.Errorf("%d of %d dashboards were searched: %w: name a project, or fewer terms", i, len(dashboards), call.Work.Err())
		}
		h := hit{Project: d.Project, Name: d.Name, Title: mask.Text(clip(d.Title)), Updated: seconds(d.Updated)}
		for _, t := range terms {
			found, rank, ok := t.match(d)
			if !ok {
				continue next
			}
			h.rank += rank
			for _, where := range firstPlaces(found) {
				if len(terms) > 1 {
					where = t.name + ": " + where
				}
				h.Found = append(h.Found, mask.Text(where))
			}
		}
		for _, tag := range d.Tags {
			h.Tags = append(h.Tags, mask.Text(tag))
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

// firstPlaces returns the first places, each once, and the number of the others.
func firstPlaces(places []string) []string {
	const maxPlaces = 5
	var first []string
	seen := map[string]bool{}
	for _, where := range places {
		if where = clip(where); !seen[where] {
			seen[where] = true
			first = append(first, where)
		}
	}
	if more := len(first) - maxPlaces; more > 0 {
		return append(first[:maxPlaces:maxPlaces], fmt.Sprintf("and %d more", more))
	}
	return first
}

// explainNoHits says why a search found nothing, with similar names that exist.
func explainNoHits(terms []term, dashboards []*uses.Dashboard) string {
	if len(dashboards) == 0 {
		return "there are no dashboards that the caller may read"
	}
	var alone []string
	for _, t := range terms {
		count := 0
		for _, d := range dashboards {
			if _, _, ok := t.match(d); ok {
				count++
			}
		}
		if count == 0 {
			criterion := t.name
			if criterion == "query" {
				criterion = "words"
			}
			return fmt.Sprintf("no dashboard has the %s %q (searched: %d)%s", criterion, mask.Text(clip(t.text)), len(dashboards), t.suggest(dashboards))
		}
		alone = append(alone, fmt.Sprintf("%s in %d", t.name, count))
	}
	return "no dashboard matches all arguments; matches of each alone: " + strings.Join(alone, ", ")
}

// suggest returns a clause with the existing names nearest to the term, or with the most frequent ones.
func (t term) suggest(dashboards []*uses.Dashboard) string {
	const maxNames = 8
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
		if near := nearestWords(t.text, slices.Compact(words)); near != "" {
			return mask.Text("; nearest: " + near)
		}
	}
	return mask.Text(suggestFrom(known, t.text, maxNames))
}
