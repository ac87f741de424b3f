package lint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/variable"
)

// datasource checks which datasource a query or a variable names. kind is that which its plugin asks, "" if it is not known.
func (c *check) datasource(where, panel, path string, given gjson.Result, kind string) {
	name := given.Get("name").String()
	f := Finding{Severity: Error, Where: where, Panel: panel, BreaksPanel: panel != ""}
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
				name = cmp.Or(c.meantDatasource(name, kind), name)
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
	names := c.asked.names[kind]
	f = Finding{Severity: Error, Where: where, Panel: panel, BreaksPanel: panel != ""}
	switch meant := c.meantDatasource(name, kind); {
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

// datasources are those that can be asked, to be looked up. Those of the dashboard come before others.
type datasources struct {
	named    map[kindAndName]*Datasource // by the name in lower case: names in other letters are the same to Perses
	defaults map[string]*Datasource      // by their kind
	names    map[string][]string         // of a kind, the nearest first
}

type kindAndName struct{ kind, name string }

func newDatasources(lists ...[]Datasource) datasources {
	all := datasources{map[kindAndName]*Datasource{}, map[string]*Datasource{}, map[string][]string{}}
	seen := map[kindAndName]bool{}
	for _, list := range lists {
		for i := range list {
			d := &list[i]
			key := kindAndName{d.Kind, strings.ToLower(d.Name)}
			if all.named[key] == nil {
				all.named[key] = d
			}
			if d.Default && all.defaults[d.Kind] == nil {
				all.defaults[d.Kind] = d
			}
			if written := (kindAndName{d.Kind, d.Name}); !seen[written] {
				seen[written] = true
				all.names[d.Kind] = append(all.names[d.Kind], d.Name)
			}
		}
	}
	return all
}

// meantDatasource returns the name of the datasource of a kind that was meant by another name.
func (c *check) meantDatasource(name, kind string) string {
	return c.likely("datasource "+kind, name, func() []string { return c.asked.names[kind] })
}

// find returns the datasource of a name, or without one the default of the kind; nil if there is none.
func (c *check) find(name, kind string) *Datasource {
	if name == "" {
		return c.asked.defaults[kind]
	}
	return c.asked.named[kindAndName{kind, strings.ToLower(name)}]
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
