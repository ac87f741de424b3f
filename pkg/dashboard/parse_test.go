package dashboard_test

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

const document = `{"kind":"Dashboard","metadata":{"name":"example","project":"shop","tags":["demo"]},"spec":{
	"display":{"name":"Example"},"duration":"1h30m","timezone":"Europe/Berlin","refreshInterval":"30s","future":{"a":1},
	"datasources":{"prom":{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{}}}},
	"variables":[
		{"kind":"TextVariable","spec":{"name":"env","value":"prod","constant":true}},
		{"kind":"ListVariable","spec":{"name":"job","allowAllValue":true,"allowMultiple":true,"customAllValue":".*","capturingRegexp":"(.*)",
			"defaultValue":["$__all"],"sort":"alphabetical-asc","plugin":{"kind":"StaticListVariable","spec":{"values":["a"]}}}},
		{"kind":"ListVariable","spec":{"name":"one","defaultValue":"x","plugin":{"kind":"PrometheusPromQLVariable","spec":{"expr":"$job + $one"}}}},
		{"kind":"FutureVariable","spec":{"name":"later"}}, {"kind":"TextVariable","spec":{}}, null],
	"panels":{
		"cpu":{"kind":"Panel","spec":{"display":{"name":"CPU","description":"of all"},"plugin":{"kind":"TimeSeriesChart","spec":{"legend":{}}},
			"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"up"}}}}]}},
		"bare":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown"}}},
		"lost":null},
	"layouts":[
		{"kind":"Grid","spec":{"display":{"title":"Row","collapse":{"open":false}},"repeatVariable":"job","items":[
			{"x":0,"y":0,"width":12,"height":8,"content":{"$ref":"#/spec/panels/cpu"},"repeatVariable":{"value":"job","maxPer":2}},
			{"x":20,"y":0,"width":12,"height":4,"content":{"$ref":"#/spec/panels/nowhere"}},
			{"x":-3,"y":9,"width":99,"height":0}, 7]}},
		{"kind":"Tabs","spec":{"display":{"title":"More"},"tabs":[{"name":"Notes","items":[
			{"x":0,"y":0,"width":24,"height":4,"content":{"$ref":"#/spec/panels/bare"},"repeatVariable":{"value":"job","maxPer":3,"alignment":"vertical"}}]}]}},
		{"kind":"Spiral","spec":{}}]}}`

func parse(t testing.TB, document string) dashboard.Dashboard {
	t.Helper()
	d, err := dashboard.Parse(json.RawMessage(document))
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestParse(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	want := dashboard.Dashboard{
		Project: "shop", Name: "example", Title: "Example", Duration: 90 * time.Minute, Location: berlin,
		Datasources: map[string]json.RawMessage{"prom": json.RawMessage(`{"default":true,"plugin":{"kind":"PrometheusDatasource","spec":{}}}`)},
		Variables: []dashboard.Variable{
			{Name: "env", Value: "prod", Constant: true},
			{
				Name: "job", List: true, Default: []string{"$__all"}, AllowAll: true, Multiple: true, CustomAll: ".*", CapturingRegexp: "(.*)",
				Sort: "alphabetical-asc", Plugin: "StaticListVariable", Spec: json.RawMessage(`{"values":["a"]}`),
			},
			{Name: "one", List: true, Default: []string{"x"}, Plugin: "PrometheusPromQLVariable", Spec: json.RawMessage(`{"expr":"$job + $one"}`)},
		},
		Panels: map[string]dashboard.Panel{
			"cpu": dashboard.Panel{
				Key: "cpu", Title: "CPU", Description: "of all", Kind: "TimeSeriesChart",
				Queries: []dashboard.Query{{Kind: "TimeSeriesQuery", Plugin: "PrometheusTimeSeriesQuery", Spec: json.RawMessage(`{"query":"up"}`)}},
			}.WithSpec(json.RawMessage(`{"legend":{}}`)),
			"bare": dashboard.Panel{Key: "bare", Title: "bare", Kind: "Markdown"}.WithSpec(nil),
		},
		Rows: []dashboard.Row{
			{Title: "Row", Collapsed: true, Repeat: "job", Items: []dashboard.Item{
				{Panel: "cpu", Place: dashboard.Place{Width: 12, Height: 8}, Repeat: "job", PerLine: 2},
				{Place: dashboard.Place{X: 12, Width: 12, Height: 4}},
				{Place: dashboard.Place{Y: 9, Width: 24, Height: 1}},
				{Place: dashboard.Place{Width: 1, Height: 1}},
			}},
			{Title: "More / Notes", Items: []dashboard.Item{{Panel: "bare", Place: dashboard.Place{Width: 24, Height: 4}, Repeat: "job", PerLine: 1}}},
		},
	}
	got := parse(t, document)
	if !reflect.DeepEqual(got, want) {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if names := got.Variables[2].References(); !reflect.DeepEqual(names, []string{"job"}) {
		t.Errorf("variable one refers to %v", names)
	}
}

func TestParseMinimal(t *testing.T) {
	for _, document := range []string{
		`{}`, `{"kind":"EphemeralDashboard","metadata":{},"spec":{"duration":"soon","timezone":"Mars/Olympus"}}`,
		`{"spec":{"duration":"0s","timezone":"local","panels":[1],"layouts":{"a":1},"variables":"none","datasources":3,"display":[]}}`,
	} {
		d := parse(t, document)
		if d.Duration != time.Hour || d.Location != time.Local || len(d.Panels)+len(d.Rows)+len(d.Variables) != 0 {
			t.Errorf("%s: got %+v", document, d)
		}
	}
}

func TestParseErrors(t *testing.T) {
	for document, want := range map[string]string{
		`{"kind":`: "the dashboard is not JSON", `[]`: "the dashboard is not a JSON object", `null`: "the dashboard is not a JSON object",
		`{"kind":"Folder"}`: "the document is a Folder, not a Dashboard",
	} {
		if _, err := dashboard.Parse(json.RawMessage(document)); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", document, err, want)
		}
	}
}

func TestParseVariable(t *testing.T) {
	v, err := dashboard.ParseVariable(json.RawMessage(`{"kind":"Variable","metadata":{"name":"env"},"spec":{"kind":"TextVariable","spec":{"value":"prod"}}}`))
	if want := (dashboard.Variable{Name: "env", Value: "prod"}); err != nil || !reflect.DeepEqual(v, want) {
		t.Errorf("got %+v, %v", v, err)
	}
	for _, document := range []string{`{`, `{}`, `{"metadata":{"name":"x"},"spec":{"kind":"Other","spec":{}}}`} {
		if v, err := dashboard.ParseVariable(json.RawMessage(document)); err == nil {
			t.Errorf("%s: got %+v", document, v)
		}
	}
}

func TestOverlay(t *testing.T) {
	all := dashboard.Overlay(
		[]dashboard.Variable{{Name: "a", Value: "dashboard"}},
		[]dashboard.Variable{{Name: "b", Value: "project"}, {Name: "a", Value: "project"}},
		[]dashboard.Variable{{Name: "c", Value: "global"}, {Name: "b", Value: "global"}},
	)
	var got []string
	for _, v := range all {
		got = append(got, v.Name+"="+v.Value)
	}
	if want := "a=dashboard b=project c=global"; strings.Join(got, " ") != want {
		t.Errorf("got %v, want %s", got, want)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(document))
	f.Add([]byte(`{"spec":{"layouts":[{"spec":{"items":[{"x":1e99,"width":-1,"content":null}],"tabs":[{}]}}]}}`))
	f.Fuzz(func(t *testing.T, document []byte) {
		d, err := dashboard.Parse(document)
		if err != nil {
			return
		}
		if d.Duration <= 0 || d.Location == nil {
			t.Errorf("duration %v, location %v", d.Duration, d.Location)
		}
		rows, _ := d.Expand(worktest.Budget(), dashboard.Values{"job": {Values: []string{"a", "b", "c"}, IsList: true}})
		for _, row := range rows {
			for i, item := range row.Items {
				if item.X < 0 || item.Y < 0 || item.Width < 1 || item.Height < 1 || item.X+item.Width > dashboard.Columns {
					t.Errorf("item %+v stands outside of the grid", item)
				}
				if _, ok := d.Panels[item.Panel]; item.Panel != "" && !ok {
					t.Errorf("item %+v shows a panel that is not there", item)
				}
				for _, other := range row.Items[:i] {
					if item.X < other.X+other.Width && other.X < item.X+item.Width && item.Y < other.Y+other.Height && other.Y < item.Y+item.Height {
						t.Errorf("%+v stands on %+v", item, other)
					}
				}
			}
		}
		for _, key := range d.Keys() {
			if p, err := d.Find(key); err != nil || p.Key != key {
				t.Errorf("panel %q is not found by its key: %v", key, err)
			}
		}
		_, _ = d.Find("nowhere")
	})
}

func FuzzParseVariable(f *testing.F) {
	f.Add([]byte(`{"metadata":{"name":"x"},"spec":{"kind":"ListVariable","spec":{"allowAllValue":true,"allowMultiple":true,"defaultValue":["$__all"],`+
		`"capturingRegexp":"(a)","sort":"numerical-asc","plugin":{"kind":"StaticListVariable","spec":{"values":["a",{"value":"b","label":"c"}]}}}}}`), "a")
	f.Add([]byte(`{"spec":{"kind":"TextVariable","spec":{"name":"x","value":"y"}}}`), "")
	f.Fuzz(func(t *testing.T, document []byte, value string) {
		v, err := dashboard.ParseVariable(document)
		if err != nil {
			return
		}
		if v.Name == "" {
			t.Error("a variable has no name")
		}
		options, err := v.ApplyCapturingRegexp(worktest.Budget(), append(v.StaticOptions(), dashboard.Option{Value: value, Label: value}))
		if err != nil {
			return
		}
		chosen := v.Initial(options)
		if v.List && len(options) > 0 && len(chosen.Values) == 0 {
			t.Errorf("nothing is chosen of %+v", options)
		}
		if set, err := v.Set([]string{value}, options); err == nil && !set.All && !set.IsList && len(set.Values) != 1 {
			t.Errorf("set to %q it is %+v", value, set)
		}
	})
}
