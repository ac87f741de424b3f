package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// variables checks the definitions of variables, then whether they are used.
func (c *check) variables() {
	seen := map[string]bool{}
	for i, v := range c.names.elements {
		const perVariable = 300
		if !c.spend(perVariable + len(v.Raw)) {
			c.left.leave("variables", len(c.names.elements)-i)
			return
		}
		spec := v.Get("spec")
		name := spec.Get("name").String()
		where := "variable " + clip(name)
		if name == "" {
			where = fmt.Sprintf("variables[%d]", i)
			c.add(Finding{Severity: Error, Where: where, What: "It has no name; want spec.name.", covers: []string{"name cannot be empty"}})
		}
		if name != "" && seen[name] {
			c.add(Finding{Severity: Error, Where: where, What: fmt.Sprintf("Another variable has the name %q, too.", clip(name)),
				Edit: remove(pointer("spec", "variables", i)), covers: []string{fmt.Sprintf("variable %q (index", name)}})
		}
		seen[name] = true
		c.variableName(where, name)
		c.variable(where, name, pointer("spec", "variables", i), v)
	}
	needs := make([][]string, len(c.board.Variables))
	for i, v := range c.board.Variables {
		if !c.spend(10 + len(v.Spec)) {
			c.left.leave("uses of variables", len(needs)-i)
			return
		}
		needs[i] = v.References()
		c.undefinedIn("variable "+v.Name, "", "", needs[i], Error, []string{"is used in the variable"})
	}
	c.cycle()
	c.unused(needs)
}

func (c *check) variableName(where, name string) {
	f := Finding{Severity: Error, Where: where, covers: []string{fmt.Sprintf("%q cannot be a name", name), fmt.Sprintf("variable name '%s'", name), "cannot contain only digits"}}
	to := strings.ReplaceAll(dashboard.KeyFrom(name, "_"), "-", "_")
	switch {
	case name == "":
		return
	case !dashboard.IsName(name) || !variable.IsWord(name):
		// Texts name variables by $ and these characters alone, so one with others cannot be used.
		f.What = fmt.Sprintf("%q cannot be the name of a variable; up to %d of %s can stand in one.", clip(name), dashboard.MaxName, variable.NameCharacters)
		if dashboard.IsName(name) { // Perses takes it
			f.Severity = Warning
		}
	case variable.IsBuiltin(name):
		f.What = "Names that begin with __ are those of Perses itself."
	case variable.IsDigits(name):
		f.What = "A name of digits alone cannot be that of a variable."
		to = "v" + name
	default:
		return
	}
	if dashboard.CheckVariable(to) == nil {
		f.Edit = encode(edit{Op: "rename_variable", Variable: name, To: to})
	}
	c.add(f)
}

// variable checks the definition of a variable.
func (c *check) variable(where, name, path string, v gjson.Result) {
	spec := v.Get("spec")
	kind := v.Get("kind").String()
	if kind != "ListVariable" && kind != "TextVariable" {
		f := Finding{Severity: Error, Where: where, covers: []string{"kind of variable", "variable.kind"},
			What: fmt.Sprintf("%q is no kind of variable; want ListVariable (with a plugin) or TextVariable.", clip(kind))}
		if spec.Get("plugin").IsObject() {
			f.Edit = encode(edit{Op: "add", Path: path + "/kind", Value: "ListVariable"})
		} else if spec.Get("value").Type == gjson.String {
			f.Edit = encode(edit{Op: "add", Path: path + "/kind", Value: "TextVariable"})
		}
		c.add(f)
	}
	if !spec.Get("plugin").IsObject() {
		return
	}
	plugin := spec.Get("plugin.kind").String()
	c.plugin(where, "", "Variable", plugin, path+"/spec/plugin/kind")
	c.datasource(where, "", path+"/spec/plugin/spec/datasource", spec.Get("plugin.spec.datasource"), dashboard.DatasourceOf(plugin))
	c.listOf(where, name, plugin, spec)
	if spec.Get("customAllValue").String() != "" && !spec.Get("allowAllValue").Bool() {
		c.add(Finding{Severity: Error, Where: where, What: "It has customAllValue without allowAllValue: true.", Edit: setVariable(name, "all", true), covers: []string{"customAllValue without"}})
	}
	if spec.Get("defaultValue").IsArray() && !spec.Get("allowMultiple").Bool() {
		c.add(Finding{Severity: Error, Where: where, What: "Its defaultValue is a list, but it does not allow several values (allowMultiple).",
			Edit: setVariable(name, "multiple", true), covers: []string{"a list as its defaultValue"}})
	}
	if order := spec.Get("sort"); order.Type == gjson.String && order.Str != "" && !slices.Contains(dashboard.Sorts(), order.Str) {
		f := Finding{Severity: Error, Where: where, What: fmt.Sprintf("%q is no order; there are: %s.", clip(order.Str), strings.Join(dashboard.Sorts(), ", ")), covers: []string{"sort:"}}
		if meant := c.likely("order", order.Str, dashboard.Sorts); meant != "" {
			f.Edit = setVariable(name, "sort", meant)
		}
		c.add(f)
	}
}

// variableNames are the names of the variables that a dashboard can use.
type variableNames struct {
	elements []gjson.Result // the definitions of its own
	known    []string
	defined  map[string]bool
	lists    map[string]dashboard.Variable // its own of which several values can be chosen
}

func (c *check) newVariableNames() variableNames {
	n := variableNames{elements: dashboard.ElementsOf(c.part["variables"]), known: slices.Clone(c.Variables), defined: map[string]bool{}, lists: map[string]dashboard.Variable{}}
	for _, v := range n.elements { // even those that are not as they should be
		if !c.spend(10 + len(v.Raw)/4) {
			break
		}
		n.known = append(n.known, v.Get("spec.name").String())
	}
	for _, name := range n.known {
		n.defined[name] = true
	}
	for _, v := range c.board.Variables {
		if _, before := n.lists[v.Name]; !before && v.List && (v.Multiple || v.AllowAll) {
			n.lists[v.Name] = v
		}
	}
	return n
}

// undefinedIn finds names of variables that nothing defines.
func (c *check) undefinedIn(where, panel, in string, names []string, severity Severity, covers []string) {
	if c.Variables == nil || len(names) == 0 {
		return
	}
	for i, name := range names {
		const perName = 5
		if !c.spend(perName) {
			c.left.leave("names of variables", len(names)-i)
			return
		}
		if c.names.defined[name] || variable.IsBuiltin(name) || variable.IsAmount(name) {
			continue
		}
		f := Finding{Severity: severity, Where: where, Panel: panel, BreaksPanel: severity == Error, What: strings.TrimSpace(fmt.Sprintf("$%s %s", name, in)) + " is not defined."}
		for _, cover := range covers {
			f.covers = append(f.covers, fmt.Sprintf("variable %q %s", name, cover))
		}
		if near := c.near("variable", name, func() []string { return c.names.known }); len(near) > 0 {
			f.What += " Nearest: $" + strings.Join(near, ", $") + "."
		}
		c.add(f)
	}
}

// cycle finds variables that refer to each other.
func (c *check) cycle() {
	if cycle := dashboard.Cycle(c.board.Variables); cycle != nil {
		c.add(Finding{Severity: Error, Where: "variable " + cycle[0], covers: []string{"a cycle"},
			What: "Variables " + clip(dashboard.DescribeCycle(cycle)) + "."})
	}
}

// unused finds variables that nothing names, not even others, which need these.
func (c *check) unused(needs [][]string) {
	used := map[string]bool{}
	add := func(text string) {
		if !c.spend(len(text) / 4) {
			return
		}
		for r := range variable.References(text) {
			used[r.Name] = true
		}
	}
	for _, part := range []string{"panels", "datasources", "links", "display", "annotations"} {
		add(c.part[part].Raw)
	}
	for _, names := range needs {
		for _, name := range names {
			used[name] = true
		}
	}
	for _, row := range c.board.Rows {
		add(row.Title)
		used[row.Repeat] = true
		for _, it := range row.Items {
			used[it.Repeat] = true
		}
	}
	for _, layout := range dashboard.ElementsOf(c.part["layouts"]) {
		used[layout.Get("spec.repeatVariable").String()] = true
	}
	if c.budget.Err() != nil { // what was not read may use them
		c.left.leave("uses of variables", len(c.board.Variables))
		return
	}
	for _, v := range c.board.Variables {
		if !used[v.Name] && variable.IsWord(v.Name) {
			c.add(Finding{Severity: Info, Where: "variable " + v.Name, What: "Nothing uses it.", Edit: encode(edit{Op: "remove_variable", Variable: v.Name})})
		}
	}
}
