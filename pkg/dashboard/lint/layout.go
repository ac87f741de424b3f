package lint

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// The size of an item that an edit adds.
const (
	defaultWidth  = 12
	defaultHeight = 8
)

// grid is the list of items of a layout.
type grid struct {
	where  string
	path   string // of the list
	taken  dashboard.Grid
	bottom int // the line below its lowest item
}

// layouts checks the layouts, and that they show every panel.
func (c *check) layouts() {
	placed := map[string]bool{}
	var last *grid
	layouts := c.spec["layouts"]
	if layouts.Exists() && !layouts.IsArray() && layouts.Type != gjson.Null {
		c.add(Finding{Severity: Error, Where: "dashboard", What: "spec.layouts is not a list.", covers: []string{"spec.layouts:"}})
	}
	all := dashboard.ElementsOf(layouts)
	for i, layout := range all {
		const perLayout = 400
		if !c.spend(perLayout + len(layout.Raw)) {
			c.skipped.add("layouts", len(all)-i)
			return
		}
		where := fmt.Sprintf("layouts[%d]", i)
		c.layoutKind(where, i, layout)
		spec := layout.Get("spec")
		c.undefinedIn(where, "", "in its title", variable.Names(spec.Get("display.title").String()), Warning, nil)
		c.repeat(where, spec.Get("repeatVariable"), pointer("spec", "layouts", i, "spec", "repeatVariable"))
		if spec.Get("items").IsArray() {
			g := c.grid(where, pointer("spec", "layouts", i, "spec", "items"), spec.Get("items"), placed)
			last = &g
		}
		for t, tab := range dashboard.ElementsOf(spec.Get("tabs")) {
			c.grid(fmt.Sprintf("%s, tabs[%d]", where, t), pointer("spec", "layouts", i, "spec", "tabs", t, "items"), tab.Get("items"), placed)
		}
	}
	var left []string
	for _, key := range slices.Sorted(maps.Keys(c.board.Panels)) {
		if !placed[key] {
			left = append(left, key)
		}
	}
	c.unplaced(left, last, len(all) == 0)
}

// layoutKind checks the kind of a layout.
func (c *check) layoutKind(where string, i int, layout gjson.Result) {
	switch kind := layout.Get("kind"); {
	case kind.Str == "Grid", kind.Str == "Tabs":
	case !layout.IsObject():
		c.add(Finding{Severity: Error, Where: where, What: "It is not an object; a layout is {\"kind\":\"Grid\",\"spec\":{\"items\":[…]}}.",
			Edit: remove(pointer("spec", "layouts", i)), covers: []string{"Perses fails on it", "spec.layouts", "kind cannot be empty"}})
	default:
		f := Finding{Severity: Error, Where: where, covers: []string{"kind of layout", "layout.kind"},
			What: fmt.Sprintf("%q is not a layout kind; a row of panels is a Grid with its title in spec.display.title.", clip(kind.String()))}
		if layout.Get("spec.items").IsArray() {
			f.Edit = encode(edit{Op: "add", Path: pointer("spec", "layouts", i, "kind"), Value: "Grid"})
		}
		c.add(f)
	}
}

// grid checks the items of a grid.
func (c *check) grid(where, path string, items gjson.Result, placed map[string]bool) grid {
	g := grid{where: where, path: path}
	all := dashboard.ElementsOf(items)
	for j, it := range all {
		const perItem = 200
		if !c.spend(perItem + len(it.Raw)) {
			c.skipped.add("items of layouts", len(all)-j)
			break
		}
		at := fmt.Sprintf("%s, items[%d]", where, j)
		own := fmt.Sprintf("%s/%d", path, j)
		content := it.Get("content")
		if !it.IsObject() || !content.IsObject() {
			c.add(Finding{Severity: Error, Where: at, Edit: remove(own), covers: []string{"Perses fails on it"},
				What: `It has no content; an item needs "content":{"$ref":"#/spec/panels/KEY"}.`})
			continue
		}
		key := c.reference(at, own, content.Get("$ref"))
		placed[key] = true
		c.repeat(at, it.Get("repeatVariable"), own+"/repeatVariable")
		place, ok := c.place(at, own, key, it)
		if !ok {
			continue
		}
		y := g.taken.Free(c.budget, place)
		moved := y != place.Y
		place.Y = y
		g.taken.Take(c.budget, place)
		if !c.spend(0) { // the budget ended before a free place was found
			c.skipped.add("items of layouts", len(all)-j)
			break
		}
		if moved {
			c.add(Finding{Severity: Warning, Where: at, Panel: key, What: fmt.Sprintf("It overlaps another item, so the page moves it down; y %d is free.", y),
				Edit: encode(edit{Op: "add", Path: own + "/y", Value: y})})
		}
		g.bottom = max(g.bottom, place.Y+place.Height)
	}
	return g
}

// reference checks the reference of an item to its panel, and returns the panel's key, "" if there is none.
func (c *check) reference(where, own string, ref gjson.Result) string {
	key, ok := strings.CutPrefix(ref.Str, dashboard.PanelRef)
	if _, exists := c.board.Panels[key]; ok && exists {
		return key
	}
	if c.spec["panels"].IsArray() { // so the panels have no keys
		return ""
	}
	tail := ref.Str[strings.LastIndex(ref.Str, "/")+1:]
	f := Finding{Severity: Error, Where: where, covers: []string{fmt.Sprintf("the $ref %q", ref.Str), fmt.Sprintf("the panel %q", tail), fmt.Sprintf("spec.panels has no such key %q", tail)}}
	meant := tail
	if _, exists := c.board.Panels[tail]; !exists {
		meant = ""
		if !c.isNotPanel(tail) { // else the finding about the panel fixes it
			meant = c.meantPanel(tail)
		}
	}
	switch {
	case meant != "" && meant == tail:
		f.What = fmt.Sprintf("The $ref %q points to nothing; write %q.", clip(ref.Str), dashboard.PanelRef+meant)
	case meant != "":
		f.What = fmt.Sprintf("It refers to the panel %q, which does not exist. Nearest: %s.", clip(tail), meant)
	default:
		f.What = fmt.Sprintf("It refers to the panel %q, which does not exist.", clip(tail))
		f.Edit = remove(own)
	}
	if meant != "" {
		f.Edit = encode(edit{Op: "add", Path: own + "/content/$ref", Value: dashboard.PanelRef + meant})
	}
	c.add(f)
	return meant
}

// meantPanel returns the key of the panel that a misspelt key probably means, "" if there is none.
func (c *check) meantPanel(key string) string {
	return c.meantName("panel", key, func() []string { return slices.Sorted(maps.Keys(c.board.Panels)) })
}

// isNotPanel reports whether there is a value that is not a panel under a key of the panels.
func (c *check) isNotPanel(key string) bool {
	if c.nonPanels == nil {
		c.nonPanels = map[string]bool{}
		c.spec["panels"].ForEach(func(k, panel gjson.Result) bool {
			c.nonPanels[k.String()] = !panel.IsObject()
			return true
		})
	}
	return c.nonPanels[key]
}

// repeat checks the repeatVariable of a row, which is a name, or of an item, which is an object with a name.
func (c *check) repeat(where string, given gjson.Result, path string) {
	name := strings.TrimPrefix(given.String(), "$")
	if given.IsObject() {
		name = given.Get("value").String()
	}
	if variable.IsWord(name) {
		c.undefinedIn(where, "", "in repeatVariable", []string{name}, Warning, nil)
	}
	if given.Type == gjson.String && strings.Contains(where, "item") {
		c.add(Finding{Severity: Error, Where: where, covers: []string{"repeatVariable:"}, Edit: replace(path, object{"value": strings.TrimPrefix(given.Str, "$")}),
			What: fmt.Sprintf(`repeatVariable is a string; write {"value":%q}.`, strings.TrimPrefix(clip(given.Str), "$"))})
	}
}

// place checks the position and size of an item. ok is false if they are wrong.
func (c *check) place(where, own, key string, it gjson.Result) (dashboard.Place, bool) {
	fields := []string{"x", "y", "width", "height"}
	var values [4]int
	for i, field := range fields {
		given := it.Get(field)
		number := given.Num
		if given.Type == gjson.String || given.Type == gjson.Number && number != float64(int(number)) {
			f := Finding{Severity: Error, Where: where, Panel: key, What: fmt.Sprintf("%s is %s; it must be a whole number.", field, clip(given.Raw)), covers: []string{"items." + field + ":"}}
			if n := given.Float(); n > 0 && n < 1000 || given.String() == "0" {
				f.Edit = replace(own+"/"+field, int(n))
			}
			c.add(f)
			return dashboard.Place{}, false
		}
		values[i] = int(max(-1<<20, min(number, 1<<20)))
	}
	a := dashboard.Place{X: values[0], Y: values[1], Width: values[2], Height: values[3]}
	fix := func(what, field string, value int) {
		c.add(Finding{Severity: Warning, Where: where, Panel: key, What: what, Edit: encode(edit{Op: "add", Path: own + "/" + field, Value: value})})
	}
	switch {
	case a.X < 0:
		fix("It starts to the left of the grid.", "x", 0)
	case a.Y < 0:
		fix("It starts above the grid.", "y", 0)
	case a.Width < 1:
		fix("It has no width.", "width", min(defaultWidth, dashboard.Columns-min(a.X, dashboard.Columns-1)))
	case a.Height < 1:
		fix("It has no height.", "height", defaultHeight)
	case a.X >= dashboard.Columns || a.X > 0 && a.Width <= dashboard.Columns && a.X+a.Width > dashboard.Columns:
		fix(fmt.Sprintf("It extends to column %d, but the grid has %d.", a.X+a.Width, dashboard.Columns), "x", max(0, dashboard.Columns-a.Width))
	case a.X+a.Width > dashboard.Columns:
		fix(fmt.Sprintf("It is %d columns wide, but the grid has %d.", a.Width, dashboard.Columns), "width", dashboard.Columns-a.X)
	default:
		return a, true
	}
	return a, false // the edit moves it, so whether it overlaps others is unknown
}

// unplaced reports the panels that no layout shows. none means that there are no layouts.
func (c *check) unplaced(keys []string, last *grid, none bool) {
	bottom := 0
	if last != nil {
		bottom = last.bottom
	}
	if none && len(keys) > 0 {
		var items []object
		for i, key := range keys {
			items = append(items, placeOf(key, i%2*defaultWidth, i/2*defaultHeight))
		}
		c.add(Finding{Severity: Error, Where: "dashboard", What: "It has no layouts, so the page shows none of its panels.",
			Edit: encode(edit{Op: "add", Path: "/spec/layouts", Value: []object{{"kind": "Grid", "spec": object{"items": items}}}})})
		return
	}
	for _, key := range keys {
		f := Finding{Severity: Warning, Where: "panel " + key, Panel: key, What: "No layout shows it."}
		if last != nil && dashboard.IsKey(key) {
			f.Edit = encode(edit{Op: "add", Path: last.path + "/-", Value: placeOf(key, 0, bottom)})
			bottom += defaultHeight
		}
		c.add(f)
	}
}

func placeOf(key string, x, y int) object {
	return object{"x": x, "y": y, "width": defaultWidth, "height": defaultHeight, "content": object{"$ref": dashboard.PanelRef + key}}
}
