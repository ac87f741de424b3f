package dashboard_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// shown formats a value, lists in brackets.
func shown(c dashboard.Chosen) string {
	text := fmt.Sprint(c.Values)
	if !c.IsList {
		text = fmt.Sprintf("%q", c.Values)
	}
	if c.All {
		text += " all"
	}
	if c.Note != "" {
		text += " (" + c.Note + ")"
	}
	return text
}

func TestInitial(t *testing.T) {
	options := dashboard.Options([]string{"b10", "a9", "C"})
	for name, c := range map[string]struct {
		v    dashboard.Variable
		none bool
		want string
	}{
		"the first":                       {dashboard.Variable{}, false, `["b10"]`},
		"the first of a multiple":         {dashboard.Variable{Multiple: true}, false, `[b10]`},
		"the first, not all":              {dashboard.Variable{AllowAll: true}, false, `["b10"]`},
		"the first in the alphabet":       {dashboard.Variable{Sort: "alphabetical-asc"}, false, `["C"]`},
		"the last in the alphabet":        {dashboard.Variable{Sort: "alphabetical-desc"}, false, `["b10"]`},
		"the first of either case":        {dashboard.Variable{Sort: "alphabetical-ci-asc"}, false, `["a9"]`},
		"the last of either case":         {dashboard.Variable{Sort: "alphabetical-ci-desc"}, false, `["C"]`},
		"unsorted":                        {dashboard.Variable{Sort: "none"}, false, `["b10"]`},
		"an unknown order":                {dashboard.Variable{Sort: "by-moon"}, false, `["b10"]`},
		"a default":                       {dashboard.Variable{Default: []string{"a9"}}, false, `["a9"]`},
		"defaults":                        {dashboard.Variable{Multiple: true, Default: []string{"a9", "gone"}}, false, `[a9 gone]`},
		"several for one":                 {dashboard.Variable{Default: []string{"a9", "C"}}, false, `["b10"]`},
		"a default that is not an option": {dashboard.Variable{Default: []string{"x"}}, false, `["b10"] (its default "x" is not one of its 3 values, so the first value is used)`},
		"all":                             {dashboard.Variable{AllowAll: true, Multiple: true, Default: []string{"$__all"}, Sort: "alphabetical-asc"}, false, `[b10 a9 C] all`},
		"all of a single":                 {dashboard.Variable{AllowAll: true, Default: []string{"$__all"}}, false, `[b10 a9 C] all`},
		"a custom all":                    {dashboard.Variable{AllowAll: true, Multiple: true, CustomAll: ".*", Default: []string{"$__all"}}, false, `[".*"] all`},
		"all where it is not allowed":     {dashboard.Variable{Default: []string{"$__all"}}, false, `["b10"] (its default "$__all" is not one of its 3 values, so the first value is used)`},
		"all, then one":                   {dashboard.Variable{AllowAll: true, Multiple: true, Default: []string{"$__all", "C"}}, false, `[C]`},
		"one, then all":                   {dashboard.Variable{AllowAll: true, Multiple: true, Default: []string{"C", "$__all"}}, false, `[b10 a9 C] all`},
		"no options":                      {dashboard.Variable{}, true, `[]`},
		"no options for a multiple":       {dashboard.Variable{Multiple: true}, true, `[]`},
		"no options but a default":        {dashboard.Variable{Default: []string{"x"}}, true, `["x"]`},
		"no options for all":              {dashboard.Variable{AllowAll: true, Default: []string{"$__all"}}, true, `[] all`},
		"no options for a custom all":     {dashboard.Variable{AllowAll: true, CustomAll: ".+", Default: []string{"$__all"}}, true, `[".+"] all`},
	} {
		of := options
		if c.none {
			of = nil
		}
		if got := shown(c.v.Initial(of)); got != c.want {
			t.Errorf("%s: got %s, want %s", name, got, c.want)
		}
	}
}

func TestNumericalOrder(t *testing.T) {
	v := dashboard.Variable{Sort: "numerical-asc"}
	options := dashboard.Options([]string{"10 GB", " 9", "-1x", "100"})
	if got := shown(v.Initial(options)); got != `["-1x"]` {
		t.Error(got)
	}
	v.Sort = "numerical-desc"
	if got := shown(v.Initial(options)); got != `["100"]` {
		t.Error(got)
	}
}

func TestSet(t *testing.T) {
	list := dashboard.Variable{Name: "job", List: true}
	multiple := dashboard.Variable{Name: "job", List: true, Multiple: true, AllowAll: true}
	for _, c := range []struct {
		v      dashboard.Variable
		values []string
		want   string
	}{
		{list, []string{"a"}, `["a"]`},
		{list, []string{"x"}, `["x"] ("x" not among its 2 values)`},
		{list, []string{"a", "b"}, `variable "job" takes one value, not a list of 2`},
		{list, []string{"$__all"}, `variable "job" does not allow all values ($__all): name the values instead`},
		{list, nil, `variable "job": at least one value is needed; leave it out for its default`},
		{multiple, []string{"a"}, `[a]`},
		{multiple, []string{"b", "x", "y", "z", "zz"}, `[b x y z zz] ("x", "y", "z" and 1 more not among its 2 values)`},
		{multiple, []string{"$__all"}, `[a b] all`},
		{dashboard.Variable{Name: "env", Value: "prod"}, []string{"dev"}, `["dev"]`},
		{dashboard.Variable{Name: "env", Value: "prod", Constant: true}, []string{"dev"}, `variable "env" is a constant, "prod": leave it out`},
	} {
		chosen, err := c.v.Set(c.values, dashboard.Options([]string{"a", "b"}))
		got := shown(chosen)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v of %+v:\n got %s\nwant %s", c.values, c.v, got, c.want)
		}
	}
}

func TestApplyCapturingRegexp(t *testing.T) {
	options := dashboard.Options([]string{"node-1:9100", "node-2:9100", "db", "node-1:80", "a1b2"})
	for expression, want := range map[string]string{
		``:                   "node-1:9100 node-2:9100 db node-1:80 a1b2",
		`^(node-\d)`:         "node-1 node-2",
		`(\d)`:               "19100 29100 180 12",
		`(?:x)|(d)(b)`:       "db",
		`node`:               "",
		`(?P<name>^n)o|d(b)`: "n b",
	} {
		captured, err := dashboard.Variable{CapturingRegexp: expression}.ApplyCapturingRegexp(worktest.Budget(), options)
		var got string
		for i, o := range captured {
			if i > 0 {
				got += " "
			}
			got += o.Value
		}
		if err != nil || got != want {
			t.Errorf("%s: got %q, %v; want %q", expression, got, err, want)
		}
	}
	if _, err := (dashboard.Variable{CapturingRegexp: "(?=x)"}).ApplyCapturingRegexp(worktest.Budget(), options); err == nil {
		t.Error("a look-ahead is understood")
	}
}

func TestStaticOptions(t *testing.T) {
	v := dashboard.Variable{Spec: json.RawMessage(`{"values":["a",{"value":"b","label":"B"},7,{"value":"c"}]}`)}
	want := []dashboard.Option{{Value: "a", Label: "a"}, {Value: "b", Label: "B"}, {Value: "c"}}
	if got := v.StaticOptions(); !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
