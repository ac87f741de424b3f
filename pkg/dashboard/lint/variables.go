package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/variable"
)

// variables checks the definitions of variables and whether they are used.
func (c *check) variables() {
	seen := map[string]bool{}
	for i, v := range c.names.elements {
		const perVariable = 300
		if !c.spend(perVariable + len(v.Raw)) {
			c.skipped.add("variables", len(c.names.elements)-i)
			return
		}
		spec := v.Get("spec")
		name := spec.Get("name").String()
		where := "variable " + clip(name)
		if name == "" {
			where = fmt.Sprintf("variables[%d]", i)
			c.add(Finding{Severity: Error, Where: where, What: "It has no name; set spec.name.", covers: []string{"name cannot be empty"}})
		}
		if name != "" && seen[name] {
			c.add(Finding{Severity: Error, Where: where, What: fmt.Sprintf("Another variable is also named %q.", clip(name)),
				Edit: remove(pointer("spec", "variables", i)), covers: []string{fmt.Sprintf("variable %q (index", name)}})
		}
		seen[name] = true
		c.variableName(where, name)
		c.variable(where, name, pointer("spec", "variables", i), v)
	}
	needs := make([][]string, len(c.board.Variables))
	for i, v := range c.board.Variables {
		if !c.spend(10 + len(v.Spec)) {
			c.skipped.add("uses of variables", len(needs)-i)
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
		// Texts refer to variables by $ and these characters only, so another name cannot be used.
		f.What = fmt.Sprintf("%q cannot be a variable name; use up to %d of the characters %s.", clip(name), dashboard.MaxName, variable.NameCharacters)
		if dashboard.IsName(name) { // so Perses accepts it
			f.Severity = Warning
		}
	case variable.IsBuiltin(name):
		f.What = "Names that begin with __ are reserved for Perses."
	case variable.IsDigits(name):
		f.What = "A variable name cannot consist of digits only."
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
			What: fmt.Sprintf("%q is not a variable kind; use ListVariable (with a plugin) or TextVariable.", clip(kind))}
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
	c.addLabelList(where, name, plugin, spec)
	if spec.Get("customAllValue").String() != "" && !spec.Get("allowAllValue").Bool() {
		c.add(Finding{Severity: Error, Where: where, What: "It has customAllValue, which requires allowAllValue: true.", Edit: setVariable(name, "all", true), covers: []string{"customAllValue without"}})
	}
	if spec.Get("defaultValue").IsArray() && !spec.Get("allowMultiple").Bool() {
		c.add(Finding{Severity: Error, Where: where, What: "Its defaultValue is a list, but allowMultiple is not true.",
			Edit: setVariable(name, "multiple", true), covers: []string{"a list as its defaultValue"}})
	}
	if order := spec.Get("sort"); order.Type == gjson.String && order.Str != "" && !slices.Contains(dashboard.Sorts(), order.Str) {
		f := Finding{Severity: Error, Where: where, What: fmt.Sprintf("sort is %q; it must be one of: %s.", clip(order.Str), strings.Join(dashboard.Sorts(), ", ")), covers: []string{"sort:"}}
		if meant := c.meantName("order", order.Str, dashboard.Sorts); meant != "" {
			f.Edit = setVariable(name, "sort", meant)
		}
		c.add(f)
	}
}

// variableNames holds the variables that a dashboard can use.
type variableNames struct {
	elements []gjson.Result // the definitions in the dashboard
	known    []string
	defined  map[string]bool
	lists    map[string]dashboard.Variable // the dashboard's own that can have several values
}

func (c *check) newVariableNames() variableNames {
	n := variableNames{elements: dashboard.ElementsOf(c.spec["variables"]), known: slices.Clone(c.Variables), defined: map[string]bool{}, lists: map[string]dashboard.Variable{}}
	for _, v := range n.elements { // including invalid ones
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

// undefinedIn reports the names of variables that are not defined. in is where they are used, such as "in its title".
func (c *check) undefinedIn(where, panel, in string, names []string, severity Severity, covers []string) {
	if c.Variables == nil || len(names) == 0 {
		return
	}
	for i, name := range names {
		const perName = 5
		if !c.spend(perName) {
			c.skipped.add("names of variables", len(names)-i)
			return
		}
		if c.names.defined[name] || variable.IsBuiltin(name) || variable.IsAmount(name) {
			continue
		}
		f := Finding{Severity: severity, Where: where, Panel: panel, BreaksPanel: severity == Error, What: strings.TrimSpace(fmt.Sprintf("$%s %s", name, in)) + " is not defined."}
		for _, cover := range covers {
			f.covers = append(f.covers, fmt.Sprintf("variable %q %s", name, cover))
		}
		if near := c.nearNames("variable", name, func() []string { return c.names.known }); len(near) > 0 {
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

// unused finds variables that nothing refers to. needs are the variables that each variable refers to.
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
		add(c.spec[part].Raw)
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
	for _, layout := range dashboard.ElementsOf(c.spec["layouts"]) {
		used[layout.Get("spec.repeatVariable").String()] = true
	}
	if c.budget.Err() != nil { // the rest may refer to them
		c.skipped.add("uses of variables", len(c.board.Variables))
		return
	}
	for _, v := range c.board.Variables {
		if !used[v.Name] && variable.IsWord(v.Name) {
			c.add(Finding{Severity: Info, Where: "variable " + v.Name, What: "Nothing uses it.", Edit: encode(edit{Op: "remove_variable", Variable: v.Name})})
		}
	}
}
