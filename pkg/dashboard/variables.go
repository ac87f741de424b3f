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

// Variable is a variable of a dashboard, or one of its project or of all projects that it can use.
type Variable struct {
	Name            string
	Value           string   // of a text variable
	Constant        bool     // a text variable that nobody is to change
	List            bool     // a list variable
	Default         []string // the values that are chosen at first; AllValue for all
	AllowAll        bool
	Multiple        bool
	CustomAll       string // what stands for all, instead of every value
	CapturingRegexp string
	Sort            string
	Plugin          string          // of a list: StaticListVariable, PrometheusLabelValuesVariable, …
	Spec            json.RawMessage // of its plugin
}

// AllValue is the value that stands for all values of a list.
const AllValue = "$__all"

// ParseVariable reads a document of the kind Variable or GlobalVariable, as leniently as Parse. An error means that the
// document is none.
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

// variableOf reads the definition of a variable: {"kind": …, "spec": …}. One that does not say its name has the one of
// the document that it stands in (ui/app/src/utils/variables.ts).
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

// textsOf returns a string or a list of strings as a list.
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

// Overlay returns the variables that are in effect when there are some of a dashboard, of its project and of all
// projects: of those with the same name, the first (dashboards/src/context/VariableProvider/utils.ts).
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

// References returns the names of the variables that choosing a value for v takes the values of.
func (v Variable) References() []string {
	if v.Plugin == StaticList {
		return nil
	}
	var names []string
	for _, name := range References(string(v.Spec)) {
		if name != v.Name { // as the UI does, which would otherwise wait for it for ever
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
