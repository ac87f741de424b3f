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

// The size of a panel that is put where none was.
const (
	defaultWidth  = 12
	defaultHeight = 8
)

// grid is a list of items, and where it stands.
type grid struct {
	where  string
	path   string // of the list
	taken  dashboard.Grid
	bottom int // of its lowest item
}

// layouts checks what places the panels, and that it places all of them.
func (c *check) layouts() {
	placed := map[string]bool{}
	var last *grid
	layouts := c.part["layouts"]
	if layouts.Exists() && !layouts.IsArray() && layouts.Type != gjson.Null {
		c.add(Finding{Severity: Error, Where: "dashboard", What: "spec.layouts is no list of layouts.", covers: []string{"spec.layouts:"}})
	}
	all := dashboard.ElementsOf(layouts)
	for i, layout := range all {
		const perLayout = 400
		if !c.spend(perLayout + len(layout.Raw)) {
			c.left.leave("layouts", len(all)-i)
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
		c.add(Finding{Severity: Error, Where: where, What: "It is no object; a layout is {\"kind\":\"Grid\",\"spec\":{\"items\":[…]}}.",
			Edit: remove(pointer("spec", "layouts", i)), covers: []string{"Perses fails on it", "spec.layouts", "kind cannot be empty"}})
	default:
		f := Finding{Severity: Error, Where: where, covers: []string{"kind of layout", "layout.kind"},
			What: fmt.Sprintf("%q is no kind of layout; a row of panels is a Grid with its title in spec.display.title.", clip(kind.String()))}
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
			c.left.leave("items of layouts", len(all)-j)
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
		place, ok := c.numbers(at, own, key, it)
		if !ok {
			continue
		}
		y := g.taken.Free(c.budget, place)
		moved := y != place.Y
		place.Y = y
		g.taken.Take(c.budget, place)
		if !c.spend(0) { // so that the place may not be free
			c.left.leave("items of layouts", len(all)-j)
			break
		}
		if moved {
			c.add(Finding{Severity: Warning, Where: at, Panel: key, What: fmt.Sprintf("It overlaps another item; the page moves it down. y %d is free.", y),
				Edit: encode(edit{Op: "add", Path: own + "/y", Value: y})})
		}
		g.bottom = max(g.bottom, place.Y+place.Height)
	}
	return g
}

// reference checks the reference of an item to its panel, and returns the key of that, if there is one.
func (c *check) reference(where, own string, ref gjson.Result) string {
	key, ok := strings.CutPrefix(ref.Str, dashboard.PanelRef)
	if _, exists := c.board.Panels[key]; ok && exists {
		return key
	}
	if c.part["panels"].IsArray() { // which have no keys yet
		return ""
	}
	tail := ref.Str[strings.LastIndex(ref.Str, "/")+1:]
	f := Finding{Severity: Error, Where: where, covers: []string{fmt.Sprintf("the $ref %q", ref.Str), fmt.Sprintf("the panel %q", tail), fmt.Sprintf("spec.panels has no such key %q", tail)}}
	meant := tail
	if _, exists := c.board.Panels[tail]; !exists {
		meant = ""
		if !c.isNull(tail) { // which is mended at the panel
			meant = c.panelMeant(tail)
		}
	}
	switch {
	case meant != "" && meant == tail:
		f.What = fmt.Sprintf("The $ref %q leads nowhere; write %q.", clip(ref.Str), dashboard.PanelRef+meant)
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

// panelMeant returns the key of a panel that another one was meant for, "" if there is none, or too many were asked for.
func (c *check) panelMeant(key string) string {
	return c.likely("panel", key, func() []string { return slices.Sorted(maps.Keys(c.board.Panels)) })
}

// isNull tells whether there is something under a key of the panels that is no panel.
func (c *check) isNull(key string) bool {
	if c.null == nil {
		c.null = map[string]bool{}
		c.part["panels"].ForEach(func(k, panel gjson.Result) bool {
			c.null[k.String()] = !panel.IsObject()
			return true
		})
	}
	return c.null[key]
}

// repeat checks how a row or an item says what it is repeated for: a row by a name, an item by an object with one.
func (c *check) repeat(where string, given gjson.Result, path string) {
	name := strings.TrimPrefix(given.String(), "$")
	if given.IsObject() {
		name = given.Get("value").String()
	}
	if variable.IsWord(name) {
		c.undefinedIn(where, "", "that repeats it", []string{name}, Warning, nil)
	}
	if given.Type == gjson.String && strings.Contains(where, "item") {
		c.add(Finding{Severity: Error, Where: where, covers: []string{"repeatVariable:"}, Edit: replace(path, object{"value": strings.TrimPrefix(given.Str, "$")}),
			What: fmt.Sprintf(`repeatVariable is a text; write {"value":%q}.`, strings.TrimPrefix(clip(given.Str), "$"))})
	}
}

// numbers checks the place and the size of an item, and returns them as the page has them.
func (c *check) numbers(where, own, key string, it gjson.Result) (dashboard.Place, bool) {
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
	mend := func(what, field string, value int) {
		c.add(Finding{Severity: Warning, Where: where, Panel: key, What: what, Edit: encode(edit{Op: "add", Path: own + "/" + field, Value: value})})
	}
	switch {
	case a.X < 0:
		mend("It begins to the left of the grid.", "x", 0)
	case a.Y < 0:
		mend("It begins above the grid.", "y", 0)
	case a.Width < 1:
		mend("It has no width.", "width", min(defaultWidth, dashboard.Columns-min(a.X, dashboard.Columns-1)))
	case a.Height < 1:
		mend("It has no height.", "height", defaultHeight)
	case a.X >= dashboard.Columns || a.X > 0 && a.Width <= dashboard.Columns && a.X+a.Width > dashboard.Columns:
		mend(fmt.Sprintf("It reaches to column %d; the grid has %d.", a.X+a.Width, dashboard.Columns), "x", max(0, dashboard.Columns-a.Width))
	case a.X+a.Width > dashboard.Columns:
		mend(fmt.Sprintf("It is %d columns wide; the grid has %d.", a.Width, dashboard.Columns), "width", dashboard.Columns-a.X)
	default:
		return a, true
	}
	return a, false // of what is mended, it is too early to say what it overlaps
}

// unplaced says which panels no layout shows.
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
