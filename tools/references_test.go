package tools

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// panelWith returns a dashboard with one panel and a query for each spec.
func panelWith(specs ...string) string {
	var queries []string
	for _, spec := range specs {
		queries = append(queries, `{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":`+spec+`}}}`)
	}
	return `{"spec":{"panels":{"p":{"kind":"Panel","spec":{"plugin":{"kind":"StatChart"},"queries":[` + strings.Join(queries, ",") + `]}}}}}`
}

func TestReferencesOf(t *testing.T) {
	for _, c := range []struct{ kind, document, want string }{
		{"Dashboard", panelWith(`{"datasource":{"kind":"PrometheusDatasource","name":"a"},"query":"x{a=\"$v\",b=\"${w:csv}\"}"}`, `{"datasource":{"kind":"PrometheusDatasource","name":"A"},"query":"y"}`), "[{Variable v} {Variable w} {Datasource a}]"},
		{"Dashboard", strings.Replace(panelWith(`{"datasource":{"kind":"PrometheusDatasource","name":"OWN"},"query":"x{a=\"$v\"}"}`), `{"spec":{`, `{"spec":{"datasources":{"own":{"plugin":{"kind":"PrometheusDatasource","spec":{"proxy":{"spec":{"secret":"s"}}}}}},"variables":[{"kind":"TextVariable","spec":{"name":"v"}}],`, 1), "[{Secret s}]"},
		{"EphemeralDashboard", panelWith(`{"datasource":"$ds","query":"x"}`), "[{Variable ds}]"},
		{"Dashboard", `{"spec":{"panels":{"p":{"kind":"Panel","spec":{}}},"layouts":[{"kind":"Grid","spec":{"repeatVariable":"row","items":[{"content":{"$ref":"#/spec/panels/p"},"repeatVariable":{"value":"panel"}}]}}]}}`, "[{Variable row} {Variable panel}]"},
		{"Variable", `{"metadata":{"name":"me"},"spec":{"spec":{"plugin":{"spec":{"datasource":{"name":"d"},"matchers":["up{a=\"$me\",b=\"$other\"}"]}}}}}`, "[{Datasource d} {Variable other}]"},
		{"Datasource", `{"spec":{"plugin":{"spec":{"proxy":{"spec":{"secret":"s"}}}}}}`, "[{Secret s}]"},
		{"GlobalDatasource", `{"spec":{"plugin":{"spec":{"proxy":{"spec":{"secret":"s"}}}}}}`, "[{GlobalSecret s}]"},
		{"RoleBinding", `{"spec":{"role":"r"}}`, "[{Role r}]"},
		{"GlobalRoleBinding", `{"spec":{"role":"r"}}`, "[{GlobalRole r}]"},
		{"Folder", `{"spec":{"items":[{"kind":"Dashboard","name":"a"},{"kind":"Folder","name":"f","items":[{"kind":"Dashboard","name":"b"}]}]}}`, "[{Dashboard a} {Dashboard b}]"},
		{"Project", `{"spec":{"display":{"name":"$x"}}}`, "[]"},
		{"Dashboard", `{"spec":[{"datasource":7}]}`, "[]"},
		{"Dashboard", `no JSON`, "[]"},
	} {
		found, err := referencesOf(work.New(t.Context(), work.Max), perses.Kind(c.kind), json.RawMessage(c.document))
		if got := fmt.Sprint(found); got != c.want || err != nil {
			t.Errorf("%s %s: got %s %v, want %s", c.kind, c.document, got, err, c.want)
		}
	}
}

// TestWithRefKeepsTheRest checks that other bytes stay the same, such as numbers with more digits than Go can hold.
func TestWithRefKeepsTheRest(t *testing.T) {
	const rest = ` , "spec" : {"big": 12345678901234567890.10, "new<": "a\u003cb", "z":1,"a":2} , "kind":"Dashboard"}`
	document := `{"metadata":{"name":"a","createdAt":"x","updatedAt":"y","version":7,"project":"p","tags":[ "t" ],"new":{"k":1.50}}` + rest
	got := string(withRef(json.RawMessage(document), perses.Ref{Kind: "Dashboard", Project: "q", Name: "b"}))
	want := `{"metadata":{"name":"b","project":"q","tags":[ "t" ],"new":{"k":1.50}}` + rest
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if got := string(withRef(json.RawMessage(document), perses.Ref{Kind: "GlobalVariable", Name: "b"})); strings.Contains(got, "project") {
		t.Errorf("%s is in a project", got)
	}
}

func FuzzReferences(f *testing.F) {
	f.Add([]byte(`{"metadata":{"name":"a","project":"p"},"spec":{"datasources":{"x":1},"variables":[{"spec":{"name":"v"}}],"panels":{"p":"$v"}}}`))
	f.Add([]byte(`{"metadata":{},"metadata":7,"spec":{"items":[{"items":{}}]}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		for _, kind := range Kinds() {
			budget := work.New(t.Context(), work.Max)
			if _, err := referencesOf(budget, kind.Kind, document); err == nil && budget.Used() > int64(10_000+500*len(document)) {
				t.Errorf("%d units for %d bytes", budget.Used(), len(document))
			}
		}
		if json.Valid(document) {
			if copied := withRef(document, perses.Ref{Kind: "Folder", Project: "q", Name: "b"}); !json.Valid(copied) {
				t.Errorf("%s is no JSON", copied)
			}
		}
	})
}
