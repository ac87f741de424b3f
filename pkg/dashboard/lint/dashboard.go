package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/unit"
)

// document checks the fields that belong to the whole dashboard.
func (c *check) document() {
	c.duration("duration", func(d string) edit { return edit{Op: "set", Duration: d} })
	c.duration("refreshInterval", func(d string) edit { return edit{Op: "set", Refresh: d} })
	switch panels := c.spec["panels"]; {
	case panels.IsArray():
		c.add(Finding{Severity: Error, Where: "dashboard", covers: []string{"spec.panels:"},
			What: `spec.panels is a list; it must be an object with each panel under its key: {"cpu":{"kind":"Panel","spec":{…}}}.`})
	case panels.Exists() && !panels.IsObject() && panels.Type != gjson.Null:
		c.add(Finding{Severity: Error, Where: "dashboard", covers: []string{"spec.panels:"}, What: "spec.panels is not an object; it must have each panel under its key."})
	}
	if c.spec["display"].Get("title").Exists() && !c.spec["display"].Get("name").Exists() {
		c.add(Finding{Severity: Warning, Where: "dashboard", What: "spec.display.title is ignored; the title belongs in spec.display.name.",
			Edit: move("/spec/display/title", "/spec/display/name")})
	}
	if len(c.board.Panels) == 0 && !c.spec["panels"].IsArray() {
		c.add(Finding{Severity: Info, Where: "dashboard", What: "It has no panels."})
	}
	c.datasources()
}

// duration checks a duration of the dashboard. set returns the edit that sets it.
func (c *check) duration(field string, set func(written string) edit) {
	given := c.spec[field]
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
		f.covers = append(f.covers, fmt.Sprintf("%q is no", given.Str))
		written = unit.SuggestDuration(given.Str)
	}
	f.What = fmt.Sprintf("spec.%s is %s, which is not a duration; write it like 30s, 15m, 1h or 1d12h.", field, clip(given.Raw))
	if _, ok := dashboard.ParseDuration(written); ok && written != "" {
		f.What = fmt.Sprintf("spec.%s is %s, which is not a duration; write %q.", field, clip(given.Raw), written)
		f.Edit = encode(set(written))
	}
	c.add(f)
}

// datasources checks the dashboard's own datasources.
func (c *check) datasources() {
	c.spec["datasources"].ForEach(func(name, spec gjson.Result) bool {
		if !spec.IsObject() {
			c.add(Finding{Severity: Error, Where: "datasource " + clip(name.String()), What: "It is " + clip(spec.Raw) + `; a datasource is {"plugin":{"kind":…,"spec":{…}}}.`,
				Edit: remove(pointer("spec", "datasources", name.String())), covers: []string{"Perses fails on it", "spec.datasources"}})
		}
		return true
	})
	defaults := map[string]string{}
	for _, d := range c.ownDatasources {
		where := "datasource " + clip(d.Name)
		c.plugin(where, "", "Datasource", d.Kind, pointer("spec", "datasources", d.Name, "plugin", "kind"))
		if !d.Default || d.Kind == "" {
			continue
		}
		if other, ok := defaults[d.Kind]; ok {
			c.add(Finding{Severity: Error, Where: where, covers: []string{"can not be defined as default datasource"},
				What: fmt.Sprintf("It and %s are both the default %s; a dashboard can have only one default of each kind.", other, d.Kind),
				Edit: replace(pointer("spec", "datasources", d.Name, "default"), false)})
			continue
		}
		defaults[d.Kind] = d.Name
	}
}

// plugin checks that there is a plugin with this kind and name, and reports whether there is; path leads to the name.
func (c *check) plugin(where, panel, kind, name, path string) bool {
	known := c.Plugins[kind]
	if name == "" || known == nil || slices.Contains(known, name) {
		return true
	}
	f := Finding{Severity: Error, Where: where, Panel: panel, BreaksPanel: true, covers: []string{"there is no plugin " + name},
		What: fmt.Sprintf("There is no %s plugin %q.", kind, clip(name))}
	if meant := c.meantName("plugin "+kind, name, func() []string { return known }); meant != "" {
		f.What += fmt.Sprintf(" Nearest: %s.", meant)
		f.Edit = replace(path, meant)
	} else {
		f.What += " Available: " + some(known) + "."
	}
	c.add(f)
	return false
}

// clip shortens a text that a finding quotes.
func clip(text string) string { return dashboard.Clip(text, 120) }

// some joins the first maxListed names.
func some(names []string) string { return dashboard.JoinSome(names, maxListed, ", ") }

// maxListed is the maximum number of names that a finding lists.
const maxListed = 10

// someQuoted joins the first maxListed values in quotes.
func someQuoted(values []string) string {
	var quoted []string
	for _, value := range values[:min(len(values), maxListed)] {
		quoted = append(quoted, strconv.Quote(clip(value)))
	}
	list := strings.Join(quoted, ", ")
	if more := len(values) - maxListed; more > 0 {
		list += fmt.Sprintf(" and %d more", more)
	}
	return list
}
