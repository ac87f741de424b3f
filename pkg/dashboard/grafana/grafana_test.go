package grafana_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/grafana"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// shop has a bit of everything; migratedShop is the result of Perses' migration.
const (
	shop = `{"title":"Shop","time":{"from":"now-6h","to":"now"},"templating":{"list":[
		{"type":"datasource","name":"source","query":"prometheus"},
		{"type":"query","name":"job","datasource":"$source","query":"label_values(up, job)","regex":"/^(a.*)$/"}]},
		"panels":[
		{"type":"timeseries","title":"CPU","repeat":"job","datasource":"$source","targets":[{"expr":"cpu"},{"expr":"more"}]},
		{"type":"row","collapsed":true,"panels":[{"type":"pie","title":"Pie","targets":[{"expr":"pie"}]}]},
		{"type":"logs","title":"Log","datasource":{"type":"loki","uid":"abc"},"targets":[{"expr":"{a=\"b\"}"}]}]}`
	migratedShop = `{"kind":"Dashboard","metadata":{"name":""},"new":12345678901234567890,"spec":{"duration":"1h","display":{"name":"Shop"},
		"variables":[
			{"kind":"ListVariable","spec":{"name":"source","plugin":{"kind":"StaticListVariable","spec":{"values":["grafana","migration","not","supported"]}}}},
			{"kind":"ListVariable","spec":{"name":"job","plugin":{"kind":"PrometheusLabelValuesVariable","spec":{"labelName":"job","matchers":["up"]}}}}],
		"panels":{
			"0":{"kind":"Panel","spec":{"plugin":{"kind":"TimeSeriesChart","spec":{}},"queries":[
				{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"cpu","datasource":{"kind":"PrometheusDatasource","name":"${source}"}}}}},
				{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"more"}}}}]}},
			"1_0":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"**Migration from Grafana not supported !**"}}}},
			"2":{"kind":"Panel","spec":{"plugin":{"kind":"Markdown","spec":{"text":"**Migration from Grafana not supported !**"}}}}},
		"layouts":[{"kind":"Grid","spec":{"items":[
			{"x":0,"y":0,"width":12,"height":8,"content":{"$ref":"#/spec/panels/0"}},{"x":0,"y":0,"width":0,"height":0,"content":{"$ref":"#/spec/panels/2"}}]}}]}}`
)

var lokiPlugins = grafana.Available{Plugins: []string{"LogsTable", "LokiLogQuery", "LokiTimeSeriesQuery"}}

func read(t *testing.T, document string) grafana.Source {
	t.Helper()
	s, err := grafana.Read(worktest.Budget(), json.RawMessage(document))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestRead(t *testing.T) {
	panel := `"panels":[{"type":"text"}]`
	for document, want := range map[string]string{
		`{` + panel + `}`:                         "",
		`{"meta":{},"dashboard":{` + panel + `}}`: "",
		`{"apiVersion":"dashboard.grafana.app/v1beta1","kind":"Dashboard","spec":{` + panel + `}}`: "",
		`{"apiVersion":"dashboard.grafana.app/v2beta1","kind":"Dashboard","spec":{"elements":{}}}`: "schema v2",
		`{"elements":{},"layout":{}}`:                                  "schema v2",
		`{"kind":"Dashboard","spec":{"elements":{"p":{}}}}`:            "schema v2",
		`{"rows":[{"panels":[{}]}]}`:                                   "",
		`{"rows":[{"panels":[]}]}`:                                     `no "panels"`,
		`{"kind":"Dashboard","spec":{"panels":{"a":{}},"layouts":[]}}`: "a Perses dashboard already",
		`{"panels":[]}`:                                                `no "panels"`,
		`{"panels":[{"type":"row"},{"type":"row","collapsed":true}]}`:  "no panels in them",
		`{"panels":{"a":1}}`:                                           "not a list",
		`{"panels":[7]}`:                                               "panels[0] is not an object",
		`[]`:                                                           "not a JSON object",
		`{"a":`:                                                        "not a JSON object",
		``:                                                             "not a JSON object",
	} {
		_, err := grafana.Read(worktest.Budget(), json.RawMessage(document))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", document, err, want)
		}
	}
}

func TestName(t *testing.T) {
	for title, want := range map[string]string{
		"Node Exporter Full": "node-exporter-full", "  1 / 2 (v3)  ": "1-2-v3", "日本": "uid-1", "..": "uid-1", "Größe": "gr-e",
		strings.Repeat("ab ", 40): strings.Repeat("ab-", 25)[:74],
	} {
		document, _ := json.Marshal(map[string]any{"title": title, "uid": "UID_1", "panels": []any{map[string]any{}}})
		if got := read(t, string(document)).Name(strings.Clone); got != want {
			t.Errorf("%q: got %q, want %q", title, got, want)
		}
	}
	if got := read(t, `{"panels":[{}]}`).Name(strings.Clone); got != "" {
		t.Errorf("got %q for nothing", got)
	}
}

// TestPrepared checks the changes that keep Perses' migration from failing.
func TestPrepared(t *testing.T) {
	for _, c := range []struct{ document, path, want string }{
		{`{"panels":[{"gridPos":{"x":0.4,"y":1e300,"w":12.5,"h":"8"}}]}`, "panels.0.gridPos", `{"w":12,"x":0}`},
		{`{"panels":[{"gridPos":7}]}`, "panels.0", `{}`},
		{`{"panels":[{"type":"row","panels":[{"gridPos":{"h":8.5}}],"gridPos":{"h":1.0}}]}`, "panels.0.panels.0.gridPos", `{"h":8}`},
		{`{"panels":[{"targets":[{"expr":"a","interval":""},{"expr":"b","interval":">=1m"},{"expr":"c","interval":"$i"}]}]}`, "panels.0.targets.#.interval", `["1m","$i"]`},
		{`{"panels":[{"targets":[{"expr":"a"},{"expr":"b","hide":true}]}]}`, "panels.0.targets.#.expr", `["a"]`},
		{`{"panels":[{"targets":[{"expr":"a","hide":true},{"type":"math","datasource":"__expr__"}]}]}`, "panels.0.targets.#.expr", `["a"]`},
		{`{"panels":[{"datasource":"Prom","targets":[{"expr":"a"},{"expr":"b","datasource":{"uid":"$x"}},{"expr":"c","datasource":"-- Mixed --"}]}]}`, "panels.0.targets.#.datasource.uid", `["Prom","${x}","Prom"]`},
		{`{"panels":[{"links":[{"title":7,"url":"u","targetBlank":"yes"}, 7]}],"links":7,"tags":["a",7],"title":7}`, "panels.0.links", `[{"url":"u"}]`},
		{`{"panels":[{}],"tags":["a",7]}`, "tags", `["a"]`},
		{`{"panels":[{}],"templating":{"list":[{"name":"a","current":{"value":1}},{"name":"b","current":{"value":["x"]}},7]}}`, "templating.list", `[{"name":"a"},{"current":{"value":["x"]},"name":"b"}]`},
		{`{"__inputs":[{"type":"constant","name":"VAR_A","value":"x\"y"}],"panels":[{"title":"${VAR_A} ${VAR_B}"}]}`, "panels.0.title", `"x\"y ${VAR_B}"`},
		{`{"panels":[{"big":12345678901234567890.10}]}`, "panels.0.big", `12345678901234567890.10`},
	} {
		if got := gjson.GetBytes(read(t, c.document).Prepared(), c.path).Raw; got != c.want {
			t.Errorf("%s: got %s, want %s", c.document, got, c.want)
		}
	}
}

func TestMapDatasources(t *testing.T) {
	const document = `{"__inputs":[{"type":"datasource","name":"DS_P","label":"Main","pluginId":"prometheus"}],
		"templating":{"list":[{"type":"datasource","name":"ds","query":"loki"}]},
		"panels":[{"targets":[{"expr":"a","datasource":"${DS_P}"},{"expr":"b","datasource":{"uid":"u1","type":"loki"}},{"expr":"c"},
			{"expr":"d","datasource":"$ds"},{"expr":"e","datasource":"-- Dashboard --"},{"expr":"f","datasource":"Other"}]}]}`
	there := []grafana.Target{{"PrometheusDatasource", "prom"}, {"LokiDatasource", "logs"}, {"LokiDatasource", "other"}, {"PrometheusDatasource", "u1"}}
	for _, c := range []struct {
		mapping map[string]string
		want    string
	}{
		{nil, "map[:{ } ${DS_P}:{PrometheusDatasource } ${ds}:{LokiDatasource } Other:{LokiDatasource other} u1:{LokiDatasource }] unmapped default ${DS_P} ${ds} u1"},
		{map[string]string{"DS_P": "PROM", "default": "prom", "ds": "logs", "U1": "logs", "Other": "logs"},
			"map[:{PrometheusDatasource prom} ${DS_P}:{PrometheusDatasource prom} ${ds}:{LokiDatasource logs} Other:{LokiDatasource logs} u1:{LokiDatasource logs}] unmapped"},
		{map[string]string{"main": "prom", "loki": "logs"}, "map[:{ } ${DS_P}:{PrometheusDatasource prom} ${ds}:{LokiDatasource logs} Other:{LokiDatasource other} u1:{LokiDatasource logs}] unmapped default"},
		{map[string]string{"$DS_P": "prom", "${ds}": "logs", "loki": "other"}, "map[:{ } ${DS_P}:{PrometheusDatasource prom} ${ds}:{LokiDatasource logs} Other:{LokiDatasource other} u1:{LokiDatasource other}] unmapped default"},
		{map[string]string{"u1": "prom"}, `datasources: "u1" is a loki in Grafana, but "prom" is a PrometheusDatasource`},
		{map[string]string{"DS_P": "pram"}, `datasources: "DS_P" is mapped to "pram", which does not exist; nearest: prom`},
		{map[string]string{"zzzzzzzzz": "prom"}, `datasources: the dashboard uses no datasource "zzzzzzzzz"; available: default, ${DS_P} (prometheus), ${ds} (loki), Other, u1 (loki)`},
	} {
		chosen, unmapped, err := read(t, document).MapDatasources(worktest.Budget(), c.mapping, there)
		got := fmt.Sprint(chosen, " unmapped")
		for _, d := range unmapped {
			got += " " + d.String()
		}
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%v:\n got %s\nwant %s", c.mapping, got, c.want)
		}
	}
}

func TestFix(t *testing.T) {
	s := read(t, shop)
	chosen, _, err := s.MapDatasources(worktest.Budget(), map[string]string{"source": "prom", "abc": "logs"}, []grafana.Target{{"PrometheusDatasource", "prom"}, {"LokiDatasource", "logs"}})
	if err != nil {
		t.Fatal(err)
	}
	document, report, err := s.Fix(worktest.Budget(), json.RawMessage(migratedShop), chosen, lokiPlugins)
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		"new":                                   `12345678901234567890`,
		"spec.duration":                         `"6h"`,
		"spec.variables.#.spec.name":            `["job"]`,
		"spec.variables.0.spec.capturingRegexp": `"^(a.*)$"`,
		"spec.variables.0.spec.plugin.spec.datasource.name":             `"prom"`,
		"spec.panels.0.spec.queries.#.spec.plugin.spec.datasource.name": `["prom","prom"]`,
		"spec.panels.1_0.spec.plugin.spec.text":                         `"**Migration from Grafana not supported !**\n\nThe Grafana panel of type pie has the queries:\n\n` + "```\\npie\\n```" + `"`,
		"spec.panels.2.spec.plugin.kind":                                `"LogsTable"`,
		"spec.panels.2.spec.queries.0.spec.plugin":                      `{"kind":"LokiLogQuery","spec":{"datasource":{"kind":"LokiDatasource","name":"logs"},"query":"{a=\"b\"}"}}`,
		"spec.layouts.0.spec.items.0.repeatVariable":                    `{"value":"job"}`,
		"spec.layouts.0.spec.items.1.{x,y,width,height}":                `{"x":0,"y":8,"width":12,"height":8}`,
	} {
		if got := gjson.GetBytes(document, path).Raw; got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if report.Panels != 2 || report.Variables != 1 || len(report.NotMigrated) != 1 || len(report.Lost) != 1 {
		t.Errorf("got %+v", report)
	}
}

// TestDatasourceVariables checks that queries keep using a datasource variable if Perses has migrated it.
func TestDatasourceVariables(t *testing.T) {
	s := read(t, shop)
	migrated := strings.Replace(migratedShop, `"StaticListVariable","spec":{"values":["grafana","migration","not","supported"]}`, `"DatasourceVariable","spec":{"datasourcePluginKind":"PrometheusDatasource"}`, 1)
	chosen, _, _ := s.MapDatasources(worktest.Budget(), nil, nil)
	document, _, err := s.Fix(worktest.Budget(), json.RawMessage(migrated), chosen, lokiPlugins)
	if got := gjson.GetBytes(document, "spec.panels.0.spec.queries.0.spec.plugin.spec.datasource").Raw; err != nil || got != `"${source}"` {
		t.Errorf("got %s, %v", got, err)
	}
	if got := gjson.GetBytes(document, "spec.variables.#").Int(); got != 2 {
		t.Errorf("%d variables are left, want 2", got)
	}
}

// TestReport checks the sentences of the report.
func TestReport(t *testing.T) {
	prometheus := `{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":"%s"}}}}`
	panel := func(query string) string {
		return `{"panels":{"0":{"spec":{"plugin":{"kind":"TimeSeriesChart","spec":{}},"queries":[` + fmt.Sprintf(prometheus, query) + `]}}}}`
	}
	list := func(plugin string) string {
		return `{"panels":{"0":{"spec":{"plugin":{"kind":"X"}}}},"variables":[{"kind":"ListVariable","spec":{"plugin":` + plugin + `}}]}`
	}
	placeholder := `{"kind":"StaticListVariable","spec":{"values":["grafana","migration","not","supported"]}}`
	for _, c := range []struct{ document, spec, want string }{
		{`{"panels":[{"title":"P","transformations":[{}],"timeFrom":"1h","alert":{},"fieldConfig":{"overrides":[{}],"defaults":{"unit":"currencyUSD"}}}]}`, panel("up"),
			`lost transformations: "P"|lost overrides for single series or fields (colors and lines are kept if Perses supports them): "P"|lost alert rules: "P"|lost time ranges of single panels: "P"|lost units that Perses does not support: "P" (currencyUSD)`},
		{`{"panels":[{"title":"P","targets":[{"rawSql":"x","datasource":{"type":"mysql"}}]}]}`, panel("migration_from_grafana_not_supported"), `not queries of type mysql, which this Perses does not migrate: "P"`},
		{`{"panels":[{"title":"P","targets":[{"expr":"x","datasource":{"type":"tempo"}}]}]}`, panel("x"), `not queries of a TempoDatasource, which Perses treated as PromQL: "P"`},
		{`{"panels":[{"title":"P","targets":[{"expr":"x","legendFormat":"l","datasource":{"type":"loki"}}]}]}`, panel("x"), `lost legends of Loki queries: "P"|fixed Loki queries, which Perses treated as PromQL: "P"`},
		{`{"panels":[{"title":"P"}]}`, `{}`, `not panels that Perses' migration left out: "P"`},
		{`{"panels":[{}],"time":{"from":"now/d","to":"now/d"},"refresh":"often"}`, `{"duration":"1h","panels":{"0":{"spec":{}}}}`,
			`lost time range "now/d" to "now/d", because Perses supports only time ranges that end now; it is 1h|lost refresh "often"`},
		{`{"panels":[{}],"refresh":false,"timezone":"browser","time":{"from":"now-1h","to":"now"}}`, `{"panels":{"0":{"spec":{}}}}`, `fixed time range set: 1h`},
		{`{"panels":[{}],"templating":{"list":[{"name":"v","type":"query","query":"metrics(x)"}]}}`, list(placeholder), `not variables of type query, which this Perses does not migrate (replaced by a placeholder): "v"`},
		{`{"panels":[{}],"templating":{"list":[{"name":"v","type":"adhoc"}]}}`, list(placeholder), `lost ad hoc filters: "v"`},
		{`{"panels":[{}],"templating":{"list":[{"name":"v","type":"query","query":"query_result(x)"}]}}`, list(`{"kind":"PrometheusPromQLVariable","spec":{"labelName":"migration_from_grafana_not_supported"}}`),
			`not variables with a PromQL query, whose label Perses' migration cannot determine (set labelName): "v"`},
		{`{"panels":[{}],"templating":{"list":[{"name":"v","type":"query","datasource":{"type":"loki"},"query":"label_values(x)"}]}}`, list(`{"kind":"PrometheusLabelValuesVariable","spec":{}}`),
			`not variables that query a LokiDatasource, which Perses treated as Prometheus: "v"`},
		{`{"panels":[{}],"templating":{"list":[{"name":"v","type":"query","query":"label_values(x)","regex":"/(a)(b)/"}]}}`, list(`{"kind":"PrometheusLabelValuesVariable","spec":{}}`),
			`lost regular expressions of variables: "v" (/(a)(b)/)`},
		{`{"panels":[{}],"templating":{"list":[{"name":"v","type":"query","query":"label_values(x)","regex":"/a[(]\\(/i"}]}}`, list(`{"kind":"PrometheusLabelValuesVariable","spec":{}}`),
			`lost regular expressions of variables: "v" (/a[(]\(/i)`},
	} {
		s := read(t, c.document)
		chosen, _, _ := s.MapDatasources(worktest.Budget(), nil, nil)
		_, report, err := s.Fix(worktest.Budget(), json.RawMessage(`{"kind":"Dashboard","spec":`+c.spec+`}`), chosen, lokiPlugins)
		var got []string
		for what, lines := range map[string][]string{"not": report.NotMigrated, "lost": report.Lost, "fixed": report.Fixed} {
			for _, line := range lines {
				got = append(got, what+" "+line)
			}
		}
		want := strings.Split(c.want, "|")
		slices.Sort(got)
		slices.Sort(want)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("%s:\n got %q %v\nwant %q", c.document, got, err, want)
		}
	}
}

// TestRelax checks that more is removed each time from the panel that made the migration fail, until nothing is left to remove.
func TestRelax(t *testing.T) {
	s := read(t, `{"panels":[
		{"type":"stat","title":"a \"b\"","options":{"x":1},"fieldConfig":{"overrides":[{}],"defaults":{"mappings":[{}],"unit":"s"}},"targets":[{"expr":"up"}]},
		{"type":"stat","title":"other","options":{"x":1},"fieldConfig":{"overrides":[{}]}},
		{"type":"text","title":"text","options":{"x":1}}]}`)
	const reason = `error migrating stat panel "a \"b\"": unable to convert to Perses panel`
	at := func(path, want string) {
		t.Helper()
		if got := gjson.GetBytes(s.Prepared(), path).Raw; got != want {
			t.Errorf("%s: got %s, want %s", path, got, want)
		}
	}
	if s.Relax("something else", false) || s.Relax(`error migrating stat panel "gone"`, true) {
		t.Error("something was taken away for nothing")
	}
	s.Relax(reason, false)
	at("panels.0.fieldConfig", `{"defaults":{"unit":"s"}}`)
	at("panels.0.options", `{"x":1}`)
	at("panels.1.fieldConfig", `{"overrides":[{}]}`)
	s.Relax(reason, true)
	at("panels.0.options", "")
	at("panels.0.targets.0.expr", `"up"`)
	at("panels.1.options", "")
	at("panels.2.options", `{"x":1}`)
	if !s.Relax(reason, false) || s.Relax(reason, false) {
		t.Error("want one more thing to take away, and then none")
	}
	at("panels.0.type", "")
	at("panels.1.type", `"stat"`)
}

// TestModernize checks panels of old versions of Grafana.
func TestModernize(t *testing.T) {
	for _, c := range []struct{ panel, path, want string }{
		{`{"type":"graph","yaxes":[{"format":"bytes","min":"0","max":null},{"format":"s"}],"stack":true,"bars":true,"fill":2,"linewidth":3}`, "fieldConfig.defaults",
			`{"custom":{"drawStyle":"bars","fillOpacity":20,"lineWidth":3,"stacking":{"mode":"normal"}},"min":0,"unit":"bytes"}`},
		{`{"type":"graph","legend":{"show":false}}`, "options", ""},
		{`{"type":"graph","legend":{"show":true}}`, "options.legend", `{"showLegend":true}`},
		{`{"type":"graph","fieldConfig":{"defaults":{"unit":"s"}},"yaxes":[{"format":"bytes"}]}`, "fieldConfig.defaults.unit", `"s"`},
		{`{"type":"singlestat","format":"percent","thresholds":"80, 90","colors":["g","y","r"],"valueName":"avg"}`, "fieldConfig.defaults",
			`{"thresholds":{"mode":"absolute","steps":[{"color":"y","value":80},{"color":"r","value":90}]},"unit":"percent"}`},
		{`{"type":"singlestat","valueName":"current","sparkline":{"show":true}}`, "options", `{"graphMode":"area","reduceOptions":{"calcs":["lastNotNull"]}}`},
		{`{"type":"singlestat","thresholds":"80,90","colors":["g"]}`, "fieldConfig", ""},
		{`{"type":"singlestat"}`, "type", `"stat"`},
		{`{"type":"text","content":"# hi"}`, "options", `{"content":"# hi"}`},
		{`{"type":"text","content":"# old","options":{"content":"# hi"}}`, "options", `{"content":"# hi"}`},
		{`{"type":"text","content":7}`, "options", ""},
		{`{"type":"singlestat","gauge":{"show":true,"minValue":0,"maxValue":100}}`, "type", `"gauge"`},
	} {
		if got := gjson.GetBytes(read(t, `{"panels":[`+c.panel+`]}`).Prepared(), "panels.0."+c.path).Raw; got != c.want {
			t.Errorf("%s: got %s, want %s", c.panel, got, c.want)
		}
	}
}

// TestRows checks dashboards before Grafana 5.
func TestRows(t *testing.T) {
	const panels = `"panels":[{"title":"a","span":6},{"title":"b","span":8}]`
	for document, want := range map[string]string{
		`{"rows":[{"title":"R",` + panels + `},{"height":"100px","panels":[{"title":"c"}]}]}`: `[["a",0,0,12,7],["b",0,7,16,7],["c",0,14,8,3]]`,
		`{"rows":[{"title":"R","height":380,"showTitle":true,` + panels + `}]}`:               `[["R"],["a",0,0,12,10],["b",0,10,16,10]]`,
	} {
		got := gjson.GetBytes(read(t, document).Prepared(), "panels.#.[title,gridPos.x,gridPos.y,gridPos.w,gridPos.h]").Raw
		if got != want {
			t.Errorf("%s: got %s, want %s", document, got, want)
		}
	}
	s := read(t, `{"rows":[{"title":"R","collapse":true,`+panels+`}]}`)
	if got := gjson.GetBytes(s.Prepared(), "panels.#.panels.#.title").Raw; got != `[["a","b"]]` || s.Panels() != 2 {
		t.Errorf("got %s and %d panels", got, s.Panels())
	}
}

// TestAutomaticInterval checks that the value for an automatic interval is removed.
func TestAutomaticInterval(t *testing.T) {
	s := read(t, `{"panels":[{}],"templating":{"list":[{"name":"i","type":"interval"}]}}`)
	document, report, err := s.Fix(worktest.Budget(), json.RawMessage(`{"spec":{"variables":[{"spec":{"name":"i","defaultValue":"$__auto_interval_i","plugin":{"kind":"StaticListVariable","spec":{"values":[{"label":"auto","value":"$__auto_interval_i"},"1m"]}}}}]}}`), nil, lokiPlugins)
	if got := gjson.GetBytes(document, "spec.variables.0.spec").Raw; err != nil || got != `{"defaultValue":"1m","name":"i","plugin":{"kind":"StaticListVariable","spec":{"values":["1m"]}}}` || len(report.Lost) != 1 {
		t.Errorf("got %s, %v, %v", got, report, err)
	}
}

// TestUndefinedVariables checks that variables that others use become defined.
func TestUndefinedVariables(t *testing.T) {
	s := read(t, `{"panels":[{}],"templating":{"list":[{"name":"v","type":"query","query":"label_values(up, a)"}]}}`)
	here := grafana.Available{Variables: []string{"outside"}}
	document, _, err := s.Fix(worktest.Budget(), json.RawMessage(`{"spec":{"variables":[{"spec":{"name":"v","plugin":{"spec":{"matchers":["$x ${y:csv} $x $outside $__range $1 $v"]}}}}]}}`), nil, here)
	if got := gjson.GetBytes(document, "spec.variables.#.spec.name").Raw; err != nil || got != `["x","y","v"]` {
		t.Errorf("got %s, %v", got, err)
	}
}

func TestFixNoDashboard(t *testing.T) {
	for _, migrated := range []string{``, `[]`, `{"message":"x"}`} {
		if _, _, err := read(t, shop).Fix(worktest.Budget(), json.RawMessage(migrated), nil, grafana.Available{}); err == nil {
			t.Errorf("%q: no error", migrated)
		}
	}
}

func BenchmarkMigration(b *testing.B) {
	var panels, made []string
	for i := range 1000 {
		query := strings.Repeat(fmt.Sprintf("sum(rate(metric_%d[5m])) + ", i), 20)
		panels = append(panels, fmt.Sprintf(`{"type":"timeseries","title":"Panel %d","datasource":{"type":"prometheus","uid":"p"},"gridPos":{"x":0,"y":%d,"w":12,"h":8},"targets":[{"expr":%q}]}`, i, i*8, query))
		made = append(made, fmt.Sprintf(`"%d":{"kind":"Panel","spec":{"plugin":{"kind":"TimeSeriesChart","spec":{}},"queries":[{"kind":"TimeSeriesQuery","spec":{"plugin":{"kind":"PrometheusTimeSeriesQuery","spec":{"query":%q}}}}]}}`, i, query))
	}
	document := json.RawMessage(`{"title":"Large","panels":[` + strings.Join(panels, ",") + `]}`)
	migrated := json.RawMessage(`{"kind":"Dashboard","spec":{"panels":{` + strings.Join(made, ",") + `}}}`)
	b.SetBytes(int64(len(document)))
	for b.Loop() {
		s, err := grafana.Read(worktest.Budget(), document)
		if err != nil {
			b.Fatal(err)
		}
		_ = s.Prepared()
		chosen, _, _ := s.MapDatasources(worktest.Budget(), nil, nil)
		if _, _, err := s.Fix(worktest.Budget(), migrated, chosen, grafana.Available{}); err != nil {
			b.Fatal(err)
		}
	}
}
