package lint

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
)

// document checks what is of the whole dashboard.
func (c *check) document() {
	c.duration("duration", func(d string) edit { return edit{Op: "set", Duration: d} })
	c.duration("refreshInterval", func(d string) edit { return edit{Op: "set", Refresh: d} })
	switch panels := c.part["panels"]; {
	case panels.IsArray():
		c.add(Finding{Severity: Error, Where: "dashboard", covers: []string{"spec.panels:"},
			What: `spec.panels is a list; it must be an object with each panel under its key: {"cpu":{"kind":"Panel","spec":{…}}}.`})
	case panels.Exists() && !panels.IsObject() && panels.Type != gjson.Null:
		c.add(Finding{Severity: Error, Where: "dashboard", covers: []string{"spec.panels:"}, What: "spec.panels is no object with each panel under its key."})
	}
	if c.part["display"].Get("title").Exists() && !c.part["display"].Get("name").Exists() {
		c.add(Finding{Severity: Warning, Where: "dashboard", What: "The title in spec.display.title is ignored; it belongs into spec.display.name.",
			Edit: move("/spec/display/title", "/spec/display/name")})
	}
	if len(c.board.Panels) == 0 && !c.part["panels"].IsArray() {
		c.add(Finding{Severity: Info, Where: "dashboard", What: "It has no panels."})
	}
	c.datasources()
}

// duration checks a duration of the dashboard, which an edit sets.
func (c *check) duration(field string, set func(written string) edit) {
	given := c.part[field]
	f := Finding{Severity: Error, Where: "dashboard", covers: []string{"spec." + field + ":"}}
	written := ""
	switch {
	case !given.Exists() || given.Type == gjson.Null:
		return
	case given.Type == gjson.Number:
		if seconds := given.Num; seconds > 0 && seconds < 1e9 {
			written = dashboard.FormatDuration(time.Duration(seconds) * time.Second)
		}
	case given.Type == gjson.String:
		if _, ok := dashboard.ParseDuration(given.Str); ok {
			return
		}
		f.covers = append(f.covers, fmt.Sprintf("%q is no duration", given.Str))
		written = nearest.Duration(given.Str)
	}
	f.What = fmt.Sprintf("spec.%s is %s, which is no duration; write it as 30s, 15m, 1h or 1d12h.", field, clip(given.Raw))
	if _, ok := dashboard.ParseDuration(written); ok && written != "" {
		f.What = fmt.Sprintf("spec.%s is %s, which is no duration; write %q.", field, clip(given.Raw), written)
		f.Edit = encode(set(written))
	}
	c.add(f)
}

// datasources checks those of the dashboard itself.
func (c *check) datasources() {
	c.part["datasources"].ForEach(func(name, spec gjson.Result) bool {
		if !spec.IsObject() {
			c.add(Finding{Severity: Error, Where: "datasource " + clip(name.String()), What: "It is " + clip(spec.Raw) + `; a datasource is {"plugin":{"kind":…,"spec":{…}}}.`,
				Edit: remove(pointer("spec", "datasources", name.String())), covers: []string{"Perses fails on it", "spec.datasources"}})
		}
		return true
	})
	defaults := map[string]string{}
	for _, d := range c.own {
		where := "datasource " + clip(d.Name)
		c.plugin(where, "", "Datasource", d.Kind, pointer("spec", "datasources", d.Name, "plugin", "kind"))
		if !d.Default || d.Kind == "" {
			continue
		}
		if other, ok := defaults[d.Kind]; ok {
			c.add(Finding{Severity: Error, Where: where, covers: []string{"can not be defined as default datasource"},
				What: fmt.Sprintf("It and %s are both the default of the kind %s; only one of a dashboard can be.", other, d.Kind),
				Edit: replace(pointer("spec", "datasources", d.Name, "default"), false)})
			continue
		}
		defaults[d.Kind] = d.Name
	}
}

// plugin checks that there is a plugin of a kind; path is where its name stands.
func (c *check) plugin(where, panel, kind, name, path string) bool {
	known := c.Plugins[kind]
	if name == "" || known == nil {
		return true
	}
	for _, k := range known {
		if k == name {
			return true
		}
	}
	f := Finding{Severity: Error, Where: where, Panel: panel, BreaksPanel: true, covers: []string{"there is no plugin " + name},
		What: fmt.Sprintf("There is no %s plugin %q.", kind, clip(name))}
	if meant := c.likely("plugin "+kind, name, func() []string { return known }); meant != "" {
		f.What += fmt.Sprintf(" Nearest: %s.", meant)
		f.Edit = replace(path, meant)
	} else {
		f.What += " There are: " + some(known) + "."
	}
	c.add(f)
	return false
}

// clip shortens a text that a finding repeats.
func clip(text string) string { return dashboard.Clip(text, 120) }

// some lists names, not too many.
func some(names []string) string { return dashboard.JoinSome(names, fewNamed, ", ") }

// fewNamed is how many names one reads.
const fewNamed = 10

// someQuoted lists values in quotes, not too many.
func someQuoted(values []string) string {
	var quoted []string
	for _, value := range values[:min(len(values), fewNamed)] {
		quoted = append(quoted, strconv.Quote(clip(value)))
	}
	list := strings.Join(quoted, ", ")
	if more := len(values) - fewNamed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
