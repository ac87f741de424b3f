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

// unitOption returns the option for the unit of a panel's values, "" if there is none.
func unitOption(kind string) string {
	if k, known := dashboard.PanelKindOf(kind); known && k.Format != "" {
		return k.Format + ".unit"
	}
	return ""
}

// panels checks the panels, except for their PromQL.
func (c *check) panels() {
	if !c.spec["panels"].IsObject() {
		return
	}
	var all []panelEntry
	c.spec["panels"].ForEach(func(key, panel gjson.Result) bool {
		all = append(all, panelEntry{key.String(), panel, ""})
		return true
	})
	const perPanel = 500
	left := c.inParallel(len(all), func(i int) int { return perPanel + len(all[i].panel.Raw) + 20*len(all[i].key) }, func(c *check, i int) { c.checkEntry(&all[i]) })
	c.skipped.add("panels", left)
	c.titles(all)
}

// panelEntry is a value under a key of the panels.
type panelEntry struct {
	key   string
	panel gjson.Result
	title string // set by checkEntry
}

func (c *check) checkEntry(k *panelEntry) {
	where := "panel " + clip(k.key)
	c.key(where, k.key)
	if k.panel.IsObject() {
		k.title = c.panel(where, k.key, k.panel)
		return
	}
	c.add(Finding{Severity: Error, Where: where, Panel: k.key, BreaksPanel: true, What: "It is " + clip(k.panel.Raw) + `; a panel is {"kind":"Panel","spec":{…}}.`,
		Edit: remove(pointer("spec", "panels", k.key)), covers: []string{"Perses fails on it", "spec.panels:"}})
}

// titles finds panels without a title or with the title of another panel.
func (c *check) titles(all []panelEntry) {
	first := map[string]string{} // the first panel with each title
	for _, k := range all {
		where := "panel " + clip(k.key)
		switch {
		case !k.panel.IsObject():
		case k.title == "":
			if kind, _ := dashboard.PanelKindOf(c.board.Panels[k.key].Kind); kind.Text == "" {
				c.add(Finding{Severity: Info, Where: where, Panel: k.key, What: "It has no title."})
			}
		case first[k.title] != "":
			c.add(Finding{Severity: Info, Where: where, Panel: k.key, What: fmt.Sprintf("It has the same title as the panel %s: %q.", first[k.title], clip(k.title))})
		default:
			first[k.title] = k.key
		}
	}
}

// key checks the key of a panel.
func (c *check) key(where, key string) {
	if dashboard.IsKey(key) {
		return
	}
	f := Finding{Severity: Error, Where: where, Panel: key, covers: []string{fmt.Sprintf("%q cannot be a name", key), fmt.Sprintf("the $ref %q", dashboard.PanelRef+key), "cannot contain more than 75", "name cannot be empty"},
		What: fmt.Sprintf("%q cannot be a panel key; use up to %d of the characters %s.", clip(key), dashboard.MaxName, dashboard.KeyCharacters)}
	to := dashboard.KeyFrom(key, "-")
	if _, taken := c.board.Panels[to]; dashboard.IsKey(to) && !taken {
		f.What = fmt.Sprintf("%q cannot be a panel key; use %q, and put the title in spec.display.name.", clip(key), to)
		f.Edit = encode(edit{Op: "rename_panel", Panel: key, Key: to})
	}
	c.add(f)
}

// panel checks a panel, and returns its title.
func (c *check) panel(where, key string, panel gjson.Result) (title string) {
	path := pointer("spec", "panels", key)
	p := c.board.Panels[key]
	if kind := panel.Get("kind").String(); kind != "Panel" {
		c.add(Finding{Severity: Warning, Where: where, Panel: key, What: fmt.Sprintf("Its kind is %q; it must be Panel. The chart belongs in spec.plugin.kind.", clip(kind)),
			Edit: encode(edit{Op: "add", Path: path + "/kind", Value: "Panel"})})
	}
	if p.Kind == "" {
		c.add(Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: true, What: `It names no plugin; set spec.plugin, such as {"kind":"TimeSeriesChart","spec":{}}.`,
			covers: []string{"a plugin names no kind", "kind cannot be empty"}})
	}
	known := c.plugin(where, key, "Panel", p.Kind, path+"/spec/plugin/kind")
	c.values(where, key, path, p)
	c.undefinedIn(where, key, "in its title", variable.Names(p.Title), Warning, nil)
	kind, listed := dashboard.PanelKindOf(p.Kind)
	if kind.Text != "" { // $ may belong to a price or a command
		c.undefinedIn(where, key, "in its text", variable.Names(p.Choice(kind.Text, "")), Info, nil)
	}
	if len(p.Queries) == 0 && listed && kind.Query != "" {
		c.add(Finding{Severity: Warning, Where: where, Panel: key, BreaksPanel: true, What: "It has no queries."})
	}
	for i := range p.Queries {
		c.query(fmt.Sprintf("%s, queries[%d]", where, i), fmt.Sprintf("%s/spec/queries/%d", path, i), i, p, known)
	}
	return strings.TrimSpace(panel.Get("spec.display.name").String())
}

// values checks the unit and the calculations of a panel.
func (c *check) values(where, key, path string, p dashboard.Panel) {
	spec := gjson.ParseBytes(p.Spec)
	accepted := func(what, at string, given gjson.Result, known []string, edit func(meant string) []byte) {
		if given.Type != gjson.String || slices.Contains(known, given.Str) || given.Str == "" || strings.HasPrefix(given.Str, "$") {
			return
		}
		f := Finding{Severity: Error, Where: where, Panel: key, covers: []string{where + ": spec." + at + ":"},
			What: fmt.Sprintf("spec.plugin.spec.%s: %q is not a %s.", at, clip(given.Str), what)}
		if meant := c.meantName(what, given.Str, func() []string { return known }); meant != "" {
			f.What = fmt.Sprintf("spec.plugin.spec.%s: %q is not a %s; nearest: %q.", at, clip(given.Str), what, meant)
			f.Edit = edit(meant)
		}
		c.add(f)
	}
	set := func(at string) func(string) []byte {
		return func(meant string) []byte {
			return replace(path+"/spec/plugin/spec/"+strings.ReplaceAll(at, ".", "/"), meant)
		}
	}
	if at := unitOption(p.Kind); at != "" {
		accepted("unit", at, spec.Get(at), c.units, set(at))
	}
	accepted("calculation", "calculation", spec.Get("calculation"), c.calculations, set("calculation"))
	if p.Kind == "TimeSeriesChart" {
		i := 0
		spec.Get("legend.values").ForEach(func(_, given gjson.Result) bool {
			at := fmt.Sprintf("legend.values.%d", i)
			accepted("calculation", at, given, c.calculations, set(at))
			i++
			return c.spend(50)
		})
	}
}

// query checks a query, except for its PromQL.
func (c *check) query(where, path string, index int, p dashboard.Panel, known bool) {
	key, kind, plugin := p.Key, p.Queries[index].Kind, p.Queries[index].Plugin
	if plugin == "" {
		c.add(Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: true, covers: []string{"a plugin names no kind", "kind cannot be empty"},
			What: `It names no plugin; use {"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":…}}}}.`})
		return
	}
	is := c.kindOfQuery(plugin)
	switch {
	case is == "" && c.Plugins != nil:
		c.unknownQuery(where, key, path, plugin)
		return
	case is != "" && kind != is:
		c.add(Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: true, What: fmt.Sprintf("Its kind is %q; a %s is a %s.", clip(kind), plugin, is),
			Edit: encode(edit{Op: "add", Path: path + "/kind", Value: is})})
	}
	if shows, listed := dashboard.PanelKindOf(p.Kind); listed && known && is != "" && is != shows.Query {
		f := Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: true, What: fmt.Sprintf("A %s does not show a %s (%s).", p.Kind, is, plugin)}
		if shows.Query == "" {
			f.Severity, f.BreaksPanel = Warning, false
			f.What = fmt.Sprintf("A %s shows no queries.", p.Kind)
			f.Edit = remove(path)
		} else if better := chartsOf(is, c.Plugins["Panel"]); len(better) > 0 {
			f.What += " These do: " + strings.Join(better, ", ") + "."
		}
		c.add(f)
	}
	spec := gjson.ParseBytes(p.Queries[index].Spec)
	asked := dashboard.MembersOf(spec)
	c.fields(where, key, path, plugin, asked)
	c.datasource(where, key, path+"/spec/plugin/spec/datasource", asked["datasource"], dashboard.DatasourceOf(plugin))
	c.undefinedIn(where, key, "", variable.Names(spec.Raw), Error, nil)
	if text := asked["query"]; plugin == dashboard.PrometheusQuery && text.Type == gjson.String {
		c.promQL = append(c.promQL, &Query{
			Panel: key, Index: index, Where: where, Text: text.Str, Legend: asked["seriesNameFormat"].String(),
			Datasource: c.resolveDatasource(asked["datasource"], dashboard.DatasourceOf(plugin)),
		})
	}
}

// kindOfQuery returns the query kind of a query plugin, "" if it is unknown.
func (c *check) kindOfQuery(plugin string) string {
	for kind, names := range c.Plugins {
		if strings.HasSuffix(kind, "Query") && slices.Contains(names, plugin) {
			return kind
		}
	}
	return ""
}

func (c *check) unknownQuery(where, key, path, plugin string) {
	var known []string
	for _, kind := range slices.Sorted(maps.Keys(c.Plugins)) {
		if strings.HasSuffix(kind, "Query") {
			known = append(known, c.Plugins[kind]...)
		}
	}
	f := Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: true, covers: []string{"there is no plugin " + plugin},
		What: fmt.Sprintf("There is no query plugin %q. Available: %s.", clip(plugin), some(known))}
	if meant := c.meantName("plugin for queries", plugin, func() []string { return known }); meant != "" {
		f.What = fmt.Sprintf("There is no query plugin %q. Nearest: %s.", clip(plugin), meant)
		f.Edit = replace(path+"/spec/plugin/kind", meant)
	}
	c.add(f)
}

// chartsOf returns the available panel kinds that show a query kind.
func chartsOf(kind string, known []string) []string {
	var charts []string
	for _, chart := range dashboard.PanelKinds() {
		if chart.Query == kind && slices.Contains(known, chart.Name) {
			charts = append(charts, chart.Name)
		}
	}
	slices.Sort(charts)
	return charts
}

// prometheusFields are the fields of a Prometheus query that other tools name differently.
var prometheusFields = []string{"query", "seriesNameFormat", "minStep"}

// fields checks the names of the fields of a Prometheus query. Perses reports only one wrong name at a time.
func (c *check) fields(where, key, path, plugin string, spec map[string]gjson.Result) {
	if plugin != dashboard.PrometheusQuery {
		return
	}
	for _, name := range slices.Sorted(maps.Keys(spec)) {
		if slices.Contains(prometheusFields, name) {
			continue
		}
		called := dashboard.FieldByAlias(name)
		if !slices.Contains(prometheusFields, called) {
			continue
		}
		f := Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: called == "query", What: fmt.Sprintf("There is no field %s; it is called %s.", name, called),
			Edit: move(path+"/spec/plugin/spec/"+name, path+"/spec/plugin/spec/"+called), covers: []string{where + ": spec." + name + " is not allowed"}}
		if spec[called].Exists() {
			f.Edit = remove(path + "/spec/plugin/spec/" + name)
		} else if called == "query" {
			f.covers = append(f.covers, where+": spec.query is missing")
		}
		c.add(f)
	}
	if !spec["query"].Exists() && !spec["expr"].Exists() && !spec["expression"].Exists() {
		c.add(Finding{Severity: Error, Where: where, Panel: key, BreaksPanel: true, What: "It has no query.", covers: []string{where + ": spec.query is missing"}})
	}
}
