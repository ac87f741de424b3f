package edit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
)

func (e *editor) panels() *node { return e.document.get("spec", "panels") }

// panelKeys returns the path of a panel.
func panelKeys(key string) []string { return []string{"spec", "panels", key} }

// findPanel returns the panel with the given key or title, and its key. A title must be unique.
func (e *editor) findPanel(name string) (key string, panel *node, err error) {
	if panel := e.panels().get(name); panel.isObject() {
		return name, panel, nil
	}
	if key, panel = e.panelTitled(name); panel != nil {
		return key, panel, nil
	}
	d := dashboard.Dashboard{Name: e.dashboardName(), Panels: map[string]dashboard.Panel{}}
	for _, m := range e.panels().members() {
		if m.value.isObject() && m.key != "" {
			d.Panels[m.key] = dashboard.Panel{Key: m.key, Title: e.masked(titleOf(m.value, m.key))}
		}
	}
	for _, r := range e.rows() {
		var items []dashboard.Item
		for _, it := range r.items() {
			if _, ok := d.Panels[it.panel]; ok {
				items = append(items, dashboard.Item{Panel: it.panel, Place: it.Place})
			}
		}
		d.Rows = append(d.Rows, dashboard.Row{Items: items})
	}
	found, err := d.Find(name)
	if err != nil {
		return "", nil, err
	}
	return found.Key, e.panels().get(found.Key), nil
}

// panelTitled returns the only panel with exactly this title, or nil. It spares findPanel a look at all rows in the most
// frequent case.
func (e *editor) panelTitled(title string) (key string, panel *node) {
	for _, m := range e.panels().members() {
		if !e.budget.Spend(partCost) {
			break
		}
		if m.value.isObject() && e.searchable(titleOf(m.value, m.key)) == title {
			if panel != nil {
				return "", nil
			}
			key, panel = m.key, m.value
		}
	}
	return key, panel
}

// titleOf returns the title of a panel, or its key if it has none.
func titleOf(panel *node, key string) string {
	if title := panel.get("spec", "display", "name").str(); title != "" {
		return title
	}
	return key
}

// row is a grid of panels, or a tab, which also holds a grid.
type row struct {
	title  string // the title of a tab begins with the title of its tab group, as in summaries
	index  int    // among all rows
	layout int    // index of its layout in the spec
	tab    int    // index among the tabs of the layout; -1 for a grid
	spec   *node  // the object that holds the items
}

// String describes the row for use in a sentence.
func (r row) String() string {
	if r.title == "" {
		return fmt.Sprintf("row %d", r.index)
	}
	return fmt.Sprintf("row %q", clip(r.title))
}

// partCost is the price in units of looking at a row, a panel or a similar part.
const partCost = 20

// rows returns the rows in the order of the page. Like pkg/dashboard, it looks at the content of a layout and ignores its
// kind.
func (e *editor) rows() []row {
	var rows []row
	for i, m := range e.document.get("spec", "layouts").members() {
		if !e.budget.Spend(partCost) {
			break
		}
		spec := m.value.get("spec")
		title := spec.get("display", "title").str()
		for t, tab := range spec.get("tabs").members() {
			e.budget.Spend(partCost)
			if tab.value.isObject() && spec.get("tabs").isList() {
				name := strings.TrimPrefix(title+" / "+tab.value.get("name").str(), " / ")
				rows = append(rows, row{name, len(rows), i, t, tab.value})
			}
		}
		if spec.get("items").isList() || spec.isObject() && spec.get("tabs") == nil {
			rows = append(rows, row{title, len(rows), i, -1, spec})
		}
	}
	return rows
}

// findRow returns the row with the given title or index.
func (e *editor) findRow(name string) (row, error) {
	rows := e.rows()
	for _, is := range []func(string) bool{
		func(title string) bool { return title == name },
		func(title string) bool { return strings.EqualFold(title, name) },
		func(title string) bool { return strings.HasSuffix(title, " / "+name) },
	} {
		var found []row
		for _, r := range rows {
			if r.title != "" && is(e.searchable(r.title)) {
				found = append(found, r)
			}
		}
		switch len(found) {
		case 0:
		case 1:
			return found[0], nil
		default:
			var indexes []string
			for _, r := range found {
				indexes = append(indexes, strconv.Itoa(r.index))
			}
			return row{}, fmt.Errorf("%d rows have the title %q: name one by its index: %s", len(found), clip(name), strings.Join(indexes, ", "))
		}
	}
	if i, err := strconv.Atoi(name); err == nil && i >= 0 && i < len(rows) {
		return rows[i], nil
	}
	if len(rows) == 0 {
		return row{}, errors.New("the dashboard has no rows")
	}
	var titles []string
	for _, r := range rows {
		titles = append(titles, r.title)
	}
	return row{}, notFound("row", name, titles, fmt.Sprintf(" Name a row by title or by index, from 0 to %d.", len(rows)-1))
}

// notFound returns an error that names similar or existing names. known may contain empty names, which are ignored; hint is
// appended.
func notFound(what, name string, known []string, hint string) error {
	const few = 12
	var all []string
	for _, k := range known {
		if k != "" {
			all = append(all, clip(k))
		}
	}
	message := fmt.Sprintf("there is no %s %q.", what, clip(name))
	switch near := nearest.Names(name, all); {
	case len(all) == 0:
		message += " There are none."
	case len(near) > 0:
		message += " Nearest: " + strings.Join(near, ", ") + "."
	case len(all) <= few:
		message += " Existing: " + strings.Join(all, ", ") + "."
	default:
		message += fmt.Sprintf(" %d others exist.", len(all))
	}
	return errors.New(message + hint)
}

// findVariable returns a variable of the dashboard and its index.
func (e *editor) findVariable(name string) (int, *node, error) {
	var known []string
	for i, m := range e.variables().members() {
		if !e.budget.Spend(partCost) {
			break
		}
		if variableName(m.value) == name && name != "" {
			return i, m.value, nil
		}
		known = append(known, variableName(m.value))
	}
	return 0, nil, notFound("variable", name, known, "")
}

func (e *editor) variables() *node { return e.specList("variables") }

// specList returns a list of the spec, or nil if the key is missing or holds something else.
func (e *editor) specList(key string) *node {
	if list := e.document.get("spec", key); list.isList() {
		return list
	}
	return nil
}

func variableName(variable *node) string { return variable.get("spec", "name").str() }

// findQuery returns the panel that an edit names, and the index of the query: the given one, or 0 if the panel has only one
// query.
func (e *editor) findQuery(f fields) (key string, panel *node, index int, err error) {
	key, panel, err = e.findPanel(f.str("panel"))
	if err != nil {
		return "", nil, 0, err
	}
	queries := panel.get("spec", "queries")
	count := len(queries.members())
	if !queries.isList() {
		count = 0
	}
	index, given := f.integer("index")
	switch {
	case count == 0:
		err = fmt.Errorf("panel %s has no queries: add one with add_query", key)
	case !given && count > 1:
		err = fmt.Errorf("panel %s has %d queries: set index to choose one, from 0 to %d", key, count, count-1)
	case index >= count:
		err = fmt.Errorf("panel %s has no query %d: want an index from 0 to %d", key, index, count-1)
	}
	return key, panel, index, err
}
