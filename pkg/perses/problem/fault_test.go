package problem_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// TestRestate has what Perses says of the documents of somebody who knows it from hearsay, each with what a model reads of it.
func TestRestate(t *testing.T) {
	for said, want := range map[string]string{
		"bad request: bad request: panel \"cpu\": invalid query n°1: spec.expr: field not allowed:\n    1:45\n": "panel cpu, queries[0]: spec.expr is not allowed; the field is called query",
		"invalid panel cpu: spec.foo: field not allowed:\n    1:35\n":                                           "panel cpu: spec.foo is not allowed; leave it out, or correct its name",
		"invalid variable a: spec.label: field not allowed:\n    1:49\n":                                        "variable a: spec.label is not allowed; the field is called labelName",
		"panel \"cpu\": invalid query n°2: spec.datasource: 2 errors in empty disjunction:\nspec.datasource: conflicting values \"prom\" and {kind:_kind(x),name?:string} (mismatched types string and struct):\n    ../tmp/x/plugins/Prometheus/common/datasource.cue:18:40\n    1:1\nspec.datasource: invalid value \"prom\" (out of bound =~\"^\\\\$\\\\w+$\"):\n    ../x/datasource.cue:18:15\n    1:58\n": `panel cpu, queries[1]: spec.datasource: want an object such as {"kind":"PrometheusDatasource","name":"NAME"}, or a variable as "$name"`,
		"invalid panel s: spec.calculation: 2 errors in empty disjunction:\nspec.calculation: conflicting values \"mean\" and \"avg\":\n    /x/calculation.cue:18:26\n    1:1\nspec.calculation: conflicting values \"max\" and \"avg\":\n    /x/calculation.cue:18:46\n":                                                                                                                                      `panel s: spec.calculation: "avg" is not accepted; nearest: "mean", of mean, max`,
		"invalid panel s: spec.format.unit: conflicting values \"date-iso\" and \"Percent\":\n    /x/format.cue:16:10\n":                                                           `panel s: spec.format.unit: "Percent" is not accepted; nearest: "percent"`,
		"invalid panel c: spec.legend.position: conflicting values \"bottom\" and \"top\":\n    1:56\nspec.legend.position: conflicting values \"right\" and \"top\":\n    1:56\n": `panel c: spec.legend.position: "top" is not accepted; accepted: bottom, right`,
		"invalid panel s: spec.thresholds.steps.0.value: conflicting values \"80\" and number (mismatched types string and number):\n    1:108\n":                                  `panel s: spec.thresholds.steps.0.value: want a number, got the string "80"`,
		"invalid variable a: spec.values: conflicting values \"a,b\" and [...#value] (mismatched types string and list):\n    1:47\n":                                              `variable a: spec.values: want a list, got the string "a,b"`,
		"panel \"cpu\": invalid query n°1: spec.query: incomplete value strings.MinRunes(1):\n    /x/query.cue:25:21\n":                                                            "panel cpu, queries[0]: spec.query is missing",
		"schema not found for plugin TimeSeries with version unknown":                                                                                                              "there is no plugin TimeSeries",
		"panel \"cpu\": schema not found for plugin Prometheus with version unknown":                                                                                               "panel cpu: there is no plugin Prometheus",
		"schema not found for plugin  with version unknown":                                                                                                                        `a plugin names no kind; want "plugin":{"kind":…,"spec":{…}}`,
		"code=400, message=reference \"#/panels/p\" is pointing to the void, internal=x":                                                                                           `the $ref "#/panels/p" points to no panel; a layout refers to a panel as "#/spec/panels/p"`,
		"code=400, message=ref \"p\" is not accepted, internal=x":                                                                                                                  `the $ref "p" points to no panel; a layout refers to a panel as "#/spec/panels/p"`,
		"code=400, message=no panel found for ref \"zz\", internal=x":                                                                                                              `a layout refers to the panel "zz", but spec.panels has no such key`,
		"code=400, message=unknown unit \" hour\" in duration \"1 hour\", internal=x":                                                                                              `"1 hour" is no duration; write "1h"`,
		"code=400, message=not a valid duration string: \"soon\", internal=x":                                                                                                      `"soon" is no duration; write it as 30s, 15m, 1h or 1d12h`,
		"code=400, message=unknown layout.kind \"Row\" used, internal=x":                                                                                                           `"Row" is not a kind of layout; a row of panels is a Grid, with its title in spec.display.title`,
		"code=400, message=\"my panel\" is not a correct name. It should match the regexp: ^[a-z]+$, internal=x":                                                                   `"my panel" cannot be a name or a key; use only a-z A-Z 0-9 _ . - (a title goes into display.name)`,
		"circular dependency detected":                                                                                                              "variables form a cycle",
		"variable \"nope\" is used in the variable \"a\" but not defined":                                                                           `variable "nope" is used in the variable "a" but not defined`,
		"customAllValue cannot be set if allowAllValue is not set to true":                                                                          "a variable has customAllValue without allowAllValue: true",
		"code=400, message=unknown sort method \"asc\" used, internal=x":                                                                            `sort: "asc" is not accepted; accepted: none, and alphabetical, alphabetical-ci or numerical with -asc or -desc`,
		"code=400, message=unknown variable.kind \"QueryVariable\" used, internal=x":                                                                `"QueryVariable" is not a kind of variable; want ListVariable or TextVariable`,
		"code=400, message=Unmarshal type error: expected=map[string]*dashboard.Panel, got=array, field=spec.panels, offset=30, internal=x":         `spec.panels: want an object with each panel under its key, such as {"cpu":{"kind":"Panel","spec":{…}}}, got a JSON array`,
		"code=400, message=Unmarshal type error: expected=common.plain, got=number, field=spec.duration, offset=4, internal=x":                      `spec.duration: want a text such as "1h", got a JSON number`,
		"code=400, message=Unmarshal type error: expected=int, got=string, field=spec.layouts.items.width, offset=73, internal=x":                   "spec.layouts.items.width: want a number, got a JSON string",
		"code=400, message=Unmarshal type error: expected=v1.plain, got=array, field=, offset=1, internal=x":                                        "the document: want an object, got a JSON array",
		"json: cannot unmarshal string into Go struct field plain.spec.layouts.items.repeatVariable of type dashboard.RepeatVariable":               `spec.layouts.items.repeatVariable: want an object such as {"value":"NAME OF A VARIABLE"}, got a JSON string`,
		"invalid datasource x: spec: incomplete value {scrapeInterval?:=~\"^x$\",directUrl:=~\"^https?://[^\\\\s]*$\"} | {proxy:~(#Proxy)}\n":       `datasource x: spec: neither proxy nor directUrl is set; want proxy: {"kind":"HTTPProxy","spec":{"url":"http://…"}}`,
		"invalid panel b: spec.x: field not allowed:\n    1:35\n\ninvalid panel a: spec.y: field not allowed:\n    1:35\nspec.z: field not allowed": "panel a: spec.y is not allowed; leave it out, or correct its name; panel a: spec.z is not allowed; leave it out, or correct its name; panel b: spec.x is not allowed; leave it out, or correct its name",
		`"view" has no associated struct`: `"view" is not an action of a permission; accepted: read, create, update, delete, *`,
		`unknown scope "dashboards" used`: `"dashboards" is not a scope of a permission; nearest: Dashboard`,
		`unknown scope "everything" used`: `"everything" is not a scope of a permission; want the kind of a document such as Dashboard, or *`,
		"something else altogether":       "something else altogether",
		"invalid datasource x: spec.proxy.spec.headers.Authorization: conflicting values \"Bearer x\" and int (mismatched types string and int):\n    1:1": "datasource x: spec.proxy.spec.headers.Authorization: its value is not accepted; it is not repeated because it may be a secret",
		"spec.headers.\"X-Token\".0: invalid value \"secret\" (out of bound =~\"^a\")":                                                                     `spec.headers."X-Token".0: its value is not accepted; it is not repeated because it may be a secret`,
		"spec.password: field not allowed": "spec.password is not allowed; leave it out, or correct its name",
	} {
		if got := problem.Restate(errors.New(said)).Error(); got != want {
			t.Errorf("%s\n got %s\nwant %s", said, got, want)
		}
	}
}

// TestManyWordsAreNotAllRead has an answer of megabytes, which no Perses gives, cut before it is compared with what has other
// words, and no password in it.
func TestManyWordsAreNotAllRead(t *testing.T) {
	for _, said := range []string{strings.Repeat("panel \"p\": x http://user:secret@host\n", 200_000), strings.Repeat("a", 100) + " http://user:" + strings.Repeat("secret", 1<<20) + "@host", strings.Repeat(".: conflicting values ", 200_000)} {
		if got := problem.Restate(errors.New(said)).Error(); len(got) > 1100 || strings.Contains(got, "secret@") || strings.Contains(got, "secretsecret") {
			t.Error(got)
		}
	}
}
