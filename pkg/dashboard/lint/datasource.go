package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// datasource checks which datasource a query or a variable names. kind is that which its plugin asks, "" if it is not known.
func (c *check) datasource(where, panel, path string, given gjson.Result, kind string) {
	name := given.Get("name").String()
	f := Finding{Severity: Error, Where: where, Panel: panel, Blank: panel != ""}
	switch {
	case given.Type == gjson.String && !variable.IsPlain(given.Str):
		f.covers = []string{where + ": spec.datasource"}
		f.What = fmt.Sprintf("datasource is the text %q; it must be an object with kind and name, or a variable as \"$name\".", clip(given.Str))
		if of, ok := variable.Alone(given.Str); ok { // as texts can have it
			f.What = fmt.Sprintf("datasource is the text %q; that of a variable is written %q.", clip(given.Str), "$"+of.Name)
			f.Edit = replace(path, "$"+of.Name)
		} else if kind != "" {
			name = given.Str
			if c.Datasources != nil && c.find(name, kind) == nil {
				name = cmp.Or(dashboard.Meant(name, c.namesOf(kind)), name)
			}
			f.What = fmt.Sprintf("datasource is the text %q; write {\"kind\":%q,\"name\":%q}.", clip(given.Str), kind, clip(name))
			f.Edit = replace(path, object{"kind": kind, "name": name})
		}
		c.add(f)
		return
	case given.IsObject() && kind != "" && given.Get("kind").String() != kind:
		f.What = fmt.Sprintf("Its datasource is a %q, but it asks a %s.", clip(given.Get("kind").String()), kind)
		if c.find(name, kind) != nil || name == "" || c.Datasources == nil {
			f.Edit = encode(edit{Op: "add", Path: path + "/kind", Value: kind})
		}
		c.add(f)
		return
	case given.Type == gjson.String:
		return // a variable, whose values are not known here
	}
	if kind == "" || c.Datasources == nil || strings.Contains(name, "$") || c.find(name, kind) != nil {
		return
	}
	names := c.namesOf(kind)
	f = Finding{Severity: Error, Where: where, Panel: panel, Blank: panel != ""}
	switch meant := dashboard.Meant(name, names); {
	case name == "" && len(names) == 0:
		f.What = fmt.Sprintf("There is no %s, neither here nor in the project nor globally.", kind)
	case name == "":
		f.What = fmt.Sprintf("It names no datasource, and no %s is the default. There are: %s.", kind, some(names))
		if len(names) == 1 {
			f.Edit = encode(edit{Op: "add", Path: path, Value: object{"kind": kind, "name": names[0]}})
		}
	case len(names) == 0:
		f.What = fmt.Sprintf("There is no datasource %q, nor another %s.", clip(name), kind)
	case meant != "":
		f.What = fmt.Sprintf("There is no %s %q. Nearest: %s.", kind, clip(name), meant)
		f.Edit = encode(edit{Op: "replace_datasource", From: name, To: meant})
	default:
		f.What = fmt.Sprintf("There is no %s %q. There are: %s.", kind, clip(name), some(names))
		if len(names) == 1 {
			f.Edit = encode(edit{Op: "replace_datasource", From: name, To: names[0]})
		}
	}
	c.add(f)
}

// namesOf returns the names of the datasources of a kind, the nearest first.
func (c *check) namesOf(kind string) []string {
	var names []string
	for _, d := range slices.Concat(c.own, c.Datasources) {
		if d.Kind == kind && !slices.Contains(names, d.Name) {
			names = append(names, d.Name)
		}
	}
	return names
}

// find returns the datasource of a name, or without one the default of the kind; nil if there is none. Names in other
// letters are the same to Perses.
func (c *check) find(name, kind string) *Datasource {
	for _, all := range [][]Datasource{c.own, c.Datasources} {
		for i, d := range all {
			if d.Kind == kind && (name == "" && d.Default || name != "" && strings.EqualFold(d.Name, name)) {
				return &all[i]
			}
		}
	}
	return nil
}

// meant returns the datasource that a query asks, as far as that is known.
func (c *check) meant(given gjson.Result, kind string) Datasource {
	name := given.Get("name").String()
	if given.Type == gjson.String || strings.Contains(name, "$") {
		return Datasource{}
	}
	if found := c.find(name, kind); found != nil {
		return *found
	}
	return Datasource{Name: name, Kind: kind}
}
