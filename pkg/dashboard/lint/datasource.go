package lint

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/variable"
)

// datasource checks the datasource of a query or a variable. kind is the datasource kind of its plugin, "" if unknown.
func (c *check) datasource(where, panel, path string, given gjson.Result, kind string) {
	name := given.Get("name").String()
	f := Finding{Severity: Error, Where: where, Panel: panel, BreaksPanel: panel != ""}
	switch {
	case given.Type == gjson.String && !variable.IsPlain(given.Str):
		f.covers = []string{where + ": spec.datasource"}
		f.What = fmt.Sprintf("datasource is the string %q; it must be an object with kind and name, or a variable like \"$name\".", clip(given.Str))
		if of, ok := variable.Alone(given.Str); ok {
			f.What = fmt.Sprintf("datasource is the string %q; write the variable as %q.", clip(given.Str), "$"+of.Name)
			f.Edit = replace(path, "$"+of.Name)
		} else if kind != "" {
			name = given.Str
			if c.Datasources != nil && c.find(name, kind) == nil {
				name = cmp.Or(c.meantDatasource(name, kind), name)
			}
			f.What = fmt.Sprintf("datasource is the string %q; write {\"kind\":%q,\"name\":%q}.", clip(given.Str), kind, clip(name))
			f.Edit = replace(path, object{"kind": kind, "name": name})
		}
		c.add(f)
		return
	case given.IsObject() && kind != "" && given.Get("kind").String() != kind:
		f.What = fmt.Sprintf("The kind of its datasource is %q, but its plugin queries a %s.", clip(given.Get("kind").String()), kind)
		if c.find(name, kind) != nil || name == "" || c.Datasources == nil {
			f.Edit = encode(edit{Op: "add", Path: path + "/kind", Value: kind})
		}
		c.add(f)
		return
	case given.Type == gjson.String:
		return // a variable, whose value is unknown here
	}
	if kind == "" || c.Datasources == nil || strings.Contains(name, "$") || c.find(name, kind) != nil {
		return
	}
	names := c.available.names[kind]
	f = Finding{Severity: Error, Where: where, Panel: panel, BreaksPanel: panel != ""}
	switch meant := c.meantDatasource(name, kind); {
	case name == "" && len(names) == 0:
		f.What = fmt.Sprintf("There is no %s: not in the dashboard, not in the project and not globally.", kind)
	case name == "":
		f.What = fmt.Sprintf("It names no datasource, and there is no default %s. Available: %s.", kind, some(names))
		if len(names) == 1 {
			f.Edit = encode(edit{Op: "add", Path: path, Value: object{"kind": kind, "name": names[0]}})
		}
	case len(names) == 0:
		f.What = fmt.Sprintf("There is no datasource %q, and no other %s.", clip(name), kind)
	case meant != "":
		f.What = fmt.Sprintf("There is no %s %q. Nearest: %s.", kind, clip(name), meant)
		f.Edit = encode(edit{Op: "replace_datasource", From: name, To: meant})
	default:
		f.What = fmt.Sprintf("There is no %s %q. Available: %s.", kind, clip(name), some(names))
		if len(names) == 1 {
			f.Edit = encode(edit{Op: "replace_datasource", From: name, To: names[0]})
		}
	}
	c.add(f)
}

// datasources are the datasources that a dashboard can use, for lookups. Its own come first.
type datasources struct {
	named    map[kindAndName]*Datasource // by kind and lower-case name, since Perses ignores case
	defaults map[string]*Datasource      // by kind
	names    map[string][]string         // by kind, the dashboard's own first
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

// meantDatasource returns the datasource of a kind that a misspelt name probably means, "" if there is none.
func (c *check) meantDatasource(name, kind string) string {
	return c.meantName("datasource "+kind, name, func() []string { return c.available.names[kind] })
}

// find returns the datasource with a name, or the default of the kind if the name is empty. It returns nil if there is none.
func (c *check) find(name, kind string) *Datasource {
	if name == "" {
		return c.available.defaults[kind]
	}
	return c.available.named[kindAndName{kind, strings.ToLower(name)}]
}

// resolveDatasource returns the datasource that a query uses, the zero Datasource if a variable decides.
func (c *check) resolveDatasource(given gjson.Result, kind string) Datasource {
	name := given.Get("name").String()
	if given.Type == gjson.String || strings.Contains(name, "$") {
		return Datasource{}
	}
	if found := c.find(name, kind); found != nil {
		return *found
	}
	return Datasource{Name: name, Kind: kind}
}
