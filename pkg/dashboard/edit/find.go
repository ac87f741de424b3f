package edit

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
)

// panels returns the panels of the dashboard by key.
func (e *editor) panels() *value { return e.document.at("spec", "panels") }

// panelKeys are the keys that lead to a panel.
func panelKeys(key string) []string { return []string{"spec", "panels", key} }

// panel returns the key and the panel that a key or a title names, which must be one panel's.
func (e *editor) panel(name string) (key string, panel *value, err error) {
	if panel := e.panels().at(name); panel.isObject() {
		return name, panel, nil
	}
	if key, panel = e.titled(name); panel != nil {
		return key, panel, nil
	}
	d := dashboard.Dashboard{Name: e.name(), Panels: map[string]dashboard.Panel{}}
	for _, m := range e.panels().all() {
		if m.value.isObject() && m.key != "" {
			d.Panels[m.key] = dashboard.Panel{Key: m.key, Title: e.shown(titleOf(m.value, m.key))}
		}
	}
	for _, r := range e.rows() {
		var items []dashboard.Item
		for _, it := range r.items() {
			if _, ok := d.Panels[it.panel]; ok {
				items = append(items, dashboard.Item{Panel: it.panel, Place: dashboard.Place{X: it.x, Y: it.y}})
			}
		}
		d.Rows = append(d.Rows, dashboard.Row{Items: items})
	}
	found, err := d.Find(name)
	if err != nil {
		return "", nil, err
	}
	return found.Key, e.panels().at(found.Key), nil
}

// titled returns the panel with just that title, if there is only one. Most often there is, and no more to look at.
func (e *editor) titled(title string) (key string, panel *value) {
	for _, m := range e.panels().all() {
		if !e.budget.Spend(ofPart) {
			break
		}
		if m.value.isObject() && e.named(titleOf(m.value, m.key)) == title {
			if panel != nil {
				return "", nil
			}
			key, panel = m.key, m.value
		}
	}
	return key, panel
}

// titleOf returns the title of a panel, its key if it has none.
func titleOf(panel *value, key string) string {
	if title := panel.at("spec", "display", "name").text(); title != "" {
		return title
	}
	return key
}

// row is a grid of panels, or one tab of a group of tabs.
type row struct {
	title  string // of a tab with that of its group before it, as an outline has it
	index  int    // among all rows
	layout int    // the index of its layout
	tab    int    // the index among the tabs of that; -1 of a grid
	spec   *value // what has the items
}

// String names the row in a sentence.
func (r row) String() string {
	if r.title == "" {
		return fmt.Sprintf("row %d", r.index)
	}
	return fmt.Sprintf("row %q", clip(r.title))
}

// ofPart is what it costs to look at a row, a panel or the like.
const ofPart = 20

// rows returns the rows in the order of the page. They are read by what they hold, not by the kind of their layout, as
// pkg/dashboard reads them.
func (e *editor) rows() []row {
	var rows []row
	for i, m := range e.document.at("spec", "layouts").all() {
		if !e.budget.Spend(ofPart) {
			break
		}
		spec := m.value.at("spec")
		title := spec.at("display", "title").text()
		for t, tab := range spec.at("tabs").all() {
			e.budget.Spend(ofPart)
			if tab.value.isObject() && spec.at("tabs").isList() {
				name := strings.TrimPrefix(title+" / "+tab.value.at("name").text(), " / ")
				rows = append(rows, row{name, len(rows), i, t, tab.value})
			}
		}
		if spec.at("items").isList() || spec.isObject() && spec.at("tabs") == nil {
			rows = append(rows, row{title, len(rows), i, -1, spec})
		}
	}
	return rows
}

// row returns the row that a title or an index names.
func (e *editor) row(name string) (row, error) {
	rows := e.rows()
	for _, is := range []func(string) bool{
		func(title string) bool { return title == name },
		func(title string) bool { return strings.EqualFold(title, name) },
		func(title string) bool { return strings.HasSuffix(title, " / "+name) },
	} {
		var found []row
		for _, r := range rows {
			if r.title != "" && is(e.named(r.title)) {
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
			return row{}, fmt.Errorf("%d rows are called %q: choose one by its index: %s", len(found), clip(name), strings.Join(indexes, ", "))
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
	return row{}, missing("row", name, titles, fmt.Sprintf(" Rows are named by title or by index, from 0 to %d.", len(rows)-1))
}

// missing says that there is nothing of a name, and what there is instead.
func missing(what, name string, known []string, more string) error {
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
		message += " There are: " + strings.Join(all, ", ") + "."
	default:
		message += fmt.Sprintf(" There are %d.", len(all))
	}
	return errors.New(message + more)
}

// variable returns the index of a variable in the list of the dashboard's, and the variable.
func (e *editor) variable(name string) (int, *value, error) {
	var known []string
	for i, m := range e.variables().all() {
		if !e.budget.Spend(ofPart) {
			break
		}
		if variableName(m.value) == name && name != "" {
			return i, m.value, nil
		}
		known = append(known, variableName(m.value))
	}
	return 0, nil, missing("variable", name, known, "")
}

// variables returns the list of the dashboard's variables; nil if it has none.
func (e *editor) variables() *value { return e.listed("variables") }

// listed returns a list of the spec; nil if it is not there or no list.
func (e *editor) listed(key string) *value {
	if list := e.document.at("spec", key); list.isList() {
		return list
	}
	return nil
}

func variableName(variable *value) string { return variable.at("spec", "name").text() }

// query returns the panel that is meant, and the index of the query: the given one, or the only one.
func (e *editor) query(f fields) (key string, panel *value, index int, err error) {
	key, panel, err = e.panel(f.text("panel"))
	if err != nil {
		return "", nil, 0, err
	}
	queries := panel.at("spec", "queries")
	count := len(queries.all())
	if !queries.isList() {
		count = 0
	}
	index, given := f.whole("index")
	switch {
	case count == 0:
		err = fmt.Errorf("panel %s has no queries: use add_query", key)
	case !given && count > 1:
		err = fmt.Errorf("panel %s has %d queries: say which one with index, from 0 to %d", key, count, count-1)
	case index >= count:
		err = fmt.Errorf("panel %s has no query %d: index is from 0 to %d", key, index, count-1)
	}
	return key, panel, index, err
}
