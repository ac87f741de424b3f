package dashboard

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Variable is a variable of a dashboard or a project, or a global one.
type Variable struct {
	Name            string
	Value           string   // of a text variable
	Constant        bool     // a text variable that users cannot change
	List            bool     // a list variable
	Default         []string // the default values; AllValue for all
	AllowAll        bool
	Multiple        bool
	CustomAll       string // the value of All, instead of all values
	CapturingRegexp string
	Sort            string
	Plugin          string          // of a list: StaticListVariable, PrometheusLabelValuesVariable, …
	Spec            json.RawMessage // of its plugin
}

// AllValue stands for all values of a list variable.
const AllValue = "$__all"

// ParseVariable parses a document of the kind Variable or GlobalVariable, as leniently as Parse. It returns an error if the
// document is not a variable.
func ParseVariable(document json.RawMessage) (Variable, error) {
	if !gjson.ValidBytes(document) {
		return Variable{}, errors.New("the variable is not JSON")
	}
	root := gjson.ParseBytes(document)
	name := TextOf(root.Get("metadata.name"))
	v, ok := variableOf(root.Get("spec"), name)
	if !ok {
		return Variable{}, fmt.Errorf("the document %q is not a TextVariable or a ListVariable", name)
	}
	return v, nil
}

// variableOf parses the definition of a variable: {"kind": …, "spec": …}. name is the name of the document, for definitions
// without a name (ui/app/src/utils/variables.ts).
func variableOf(definition gjson.Result, name string) (v Variable, ok bool) {
	spec := definition.Get("spec")
	v.Name = cmp.Or(TextOf(spec.Get("name")), name)
	switch TextOf(definition.Get("kind")) {
	case "TextVariable":
		v.Value = TextOf(spec.Get("value"))
		v.Constant = spec.Get("constant").Bool()
	case "ListVariable":
		v.List = true
		v.Default = textsOf(spec.Get("defaultValue"))
		v.AllowAll = spec.Get("allowAllValue").Bool()
		v.Multiple = spec.Get("allowMultiple").Bool()
		v.CustomAll = TextOf(spec.Get("customAllValue"))
		v.CapturingRegexp = TextOf(spec.Get("capturingRegexp"))
		v.Sort = TextOf(spec.Get("sort"))
		v.Plugin = TextOf(spec.Get("plugin.kind"))
		v.Spec = raw(spec.Get("plugin.spec"))
	default:
		return v, false
	}
	return v, v.Name != ""
}

// textsOf returns a list of strings; a single string counts as a list.
func textsOf(r gjson.Result) []string {
	if r.Type == gjson.String {
		return []string{r.Str}
	}
	var texts []string
	each(r, func(element gjson.Result) {
		if element.Type == gjson.String {
			texts = append(texts, element.Str)
		}
	})
	return texts
}

// Overlay returns the variables of several scopes, nearest first. Of variables with the same name, it keeps the first
// (dashboards/src/context/VariableProvider/utils.ts).
func Overlay(layers ...[]Variable) []Variable {
	var all []Variable
	seen := map[string]bool{}
	for _, layer := range layers {
		for _, v := range layer {
			if !seen[v.Name] {
				seen[v.Name] = true
				all = append(all, v)
			}
		}
	}
	return all
}

// References returns the names of the variables on which the values of v depend.
func (v Variable) References() []string {
	if v.Plugin == StaticList {
		return nil
	}
	var names []string
	for _, name := range References(string(v.Spec)) {
		if name != v.Name { // like the UI, which would wait for it forever
			names = append(names, name)
		}
	}
	return names
}

// Cycle returns the names of variables that refer to each other in a cycle, with the first name repeated at the end. It returns
// nil if there is no cycle. Perses refuses dashboards with a cycle.
func Cycle(all []Variable) []string {
	needs := map[string][]string{}
	for _, v := range all {
		needs[v.Name] = v.References()
	}
	var path []string // from the first variable to the current one
	const (
		onPath = iota + 1
		inNoCycle
	)
	state := map[string]int{}
	var walk func(name string) []string
	walk = func(name string) []string {
		switch state[name] {
		case onPath:
			return append(slices.Clone(path[slices.Index(path, name):]), name)
		case inNoCycle:
			return nil
		}
		path, state[name] = append(path, name), onPath
		for _, next := range needs[name] {
			if cycle := walk(next); cycle != nil {
				return cycle
			}
		}
		path, state[name] = path[:len(path)-1], inNoCycle
		return nil
	}
	for _, v := range all {
		if cycle := walk(v.Name); cycle != nil {
			return cycle
		}
	}
	return nil
}

// DescribeCycle returns a clause about the variables of a cycle: form a cycle: $a needs $b needs $a.
func DescribeCycle(cycle []string) string {
	return "form a cycle: $" + strings.Join(cycle, " needs $")
}
