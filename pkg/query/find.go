package query

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/work"
)

// Find returns the datasource that is meant, as Perses' UI finds it (dashboards/src/context/DatasourceStoreProvider.tsx):
// one of the dashboard itself, else one of its project, else a global one. Without a name that is the default of the kind
// and, outside of dashboards, the only one of the kind if none is the default.
//
// The error of one that does not exist names those there are; that of one that must not be asked says why.
func Find(c *perses.Client, s Selector) (*Source, error) {
	if s.Name != "" {
		if err := perses.CheckName("datasource", s.Name); err != nil {
			return nil, err
		}
	}
	// What was read a while ago tells where a datasource is, but not that there is none.
	all, _, err := s.candidates(c, false)
	if err != nil {
		return nil, err
	}
	if found := s.pick(all); found != nil {
		return sourceOf(c, *found)
	}
	all, closed, err := s.candidates(c, true)
	if err != nil {
		return nil, err
	}
	found := s.pick(all)
	if found == nil && s.Name == "" && s.Dashboard == "" {
		found = s.only(all)
	}
	if found == nil {
		return nil, s.notFound(c.Work, all, closed)
	}
	return sourceOf(c, *found)
}

// candidates are the datasources from which to choose, the nearest first. closed says what of them may not be read.
func (s Selector) candidates(c *perses.Client, fresh bool) (all []perses.Datasource, closed string, err error) {
	local := func(name string) perses.Datasource {
		return perses.Datasource{Scope: perses.ScopeLocal, Project: s.Project, Dashboard: s.Dashboard, Name: name, Spec: s.Local[name]}
	}
	if _, ok := s.Local[s.Name]; ok && s.fits(local(s.Name)) {
		return []perses.Datasource{local(s.Name)}, "", nil
	}
	for _, name := range slices.Sorted(maps.Keys(s.Local)) {
		all = append(all, local(name))
	}
	if s.Project != "" {
		ofProject, err := c.Datasources(s.Project, fresh)
		switch {
		case problem.IsForbidden(err):
			closed = fmt.Sprintf(" The datasources of project %q may not be read.", s.Project)
		case err != nil:
			return nil, "", c.Explain("list", perses.Ref{Kind: "Datasource", Project: s.Project}, err)
		}
		all = append(all, ofProject...)
		if s.pick(all) != nil {
			return all, closed, nil
		}
	}
	global, err := c.Datasources("", fresh)
	switch {
	case problem.IsForbidden(err):
		closed += " The global datasources may not be read."
	case err != nil:
		return nil, "", c.Explain("list", perses.Ref{Kind: "GlobalDatasource"}, err)
	}
	return append(all, global...), closed, nil
}

// fits tells whether a datasource has the kind that is meant.
func (s Selector) fits(d perses.Datasource) bool { return s.Kind == "" || kindOf(d) == s.Kind }

// pick returns the first that is meant, nil if none is. A name in other letters is one that Perses takes for the same: its
// file database keeps names in lower case.
func (s Selector) pick(all []perses.Datasource) *perses.Datasource {
	isDefault := func(d perses.Datasource) bool { return gjson.GetBytes(d.Spec, "default").Bool() }
	named := func(same func(a, b string) bool) func(perses.Datasource) bool {
		return func(d perses.Datasource) bool { return same(s.Name, d.Name) }
	}
	wanted := []func(perses.Datasource) bool{named(func(a, b string) bool { return a == b }), named(strings.EqualFold)}
	if s.Name == "" {
		wanted = []func(perses.Datasource) bool{isDefault}
	}
	for _, is := range wanted {
		for i, d := range all {
			if is(d) && s.fits(d) { // in the order that is cheaper for many datasources
				return &all[i]
			}
		}
	}
	return nil
}

// only returns the one datasource of the kind, if it is the only one. The UI has no use for this: there a person chooses.
func (s Selector) only(all []perses.Datasource) *perses.Datasource {
	var found *perses.Datasource
	for i, d := range all {
		if s.fits(d) {
			if found != nil {
				return nil
			}
			found = &all[i]
		}
	}
	return found
}

// maxNamed is how many datasources an error names.
const maxNamed = 8

func (s Selector) notFound(budget *work.Budget, all []perses.Datasource, closed string) error {
	what := cmp.Or(s.Kind, "datasource")
	if s.Name != "" {
		what = fmt.Sprintf("%s named %q", what, s.Name)
	} else {
		what = "default " + what
	}
	where := "globally"
	if s.Project != "" {
		where = fmt.Sprintf("in project %q and globally", s.Project)
	}
	there := "There are none at all."
	if len(all) > 0 {
		there = "There are: " + named(budget, all, s.Name) + "."
	}
	hint := ""
	if s.Project == "" {
		hint = " Those of a project need project."
	}
	return fmt.Errorf("there is no %s %s. %s%s%s", what, where, there, hint, closed)
}

// named lists datasources, those first that a name may have been meant for.
func named(budget *work.Budget, all []perses.Datasource, meant string) string {
	var names []string
	for _, d := range all {
		names = append(names, d.Name)
	}
	near := nearest.NamesWithin(budget, meant, names)
	rank := func(d perses.Datasource) int {
		if i := slices.Index(near, d.Name); i >= 0 {
			return i
		}
		return len(near)
	}
	sorted := slices.SortedStableFunc(slices.Values(all), func(a, b perses.Datasource) int { return rank(a) - rank(b) })
	var words []string
	for _, d := range sorted[:min(len(sorted), maxNamed)] {
		words = append(words, fmt.Sprintf("%s (%s, %s)", d.Name, kindOf(d), d.Scope))
	}
	if more := len(sorted) - maxNamed; more > 0 {
		words = append(words, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(words, ", ")
}
