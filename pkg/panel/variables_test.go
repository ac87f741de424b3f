package panel_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
)

// shown returns the variables of a run as text.
func shown(variables []panel.Variable) string {
	var b strings.Builder
	for _, v := range variables {
		fmt.Fprintf(&b, "%s=%s", v.Name, strings.Join(v.Values, ","))
		if v.IsList {
			b.WriteString(" many")
		}
		if v.All {
			b.WriteString(" all")
		}
		for _, said := range []string{v.Note, v.Problem()} {
			if said != "" {
				fmt.Fprintf(&b, " (%s)", said)
			}
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}

func list(name, more, plugin, spec string) string {
	if more != "" {
		more += ","
	}
	return fmt.Sprintf(`{"kind":"ListVariable","spec":{"name":%q,%s"plugin":{"kind":%q,"spec":%s}}}`, name, more, plugin, spec)
}

func TestVariables(t *testing.T) {
	r := newRoom(t)
	for _, job := range []string{"web", "api", "db"} {
		for _, env := range []string{"prod", "dev"} {
			if job != "db" || env != "dev" {
				r.write("shop_requests", map[string]string{"job": job, "env": env, "instance": job + "-1:80"}, 10, 1)
			}
		}
	}
	r.create("variables", "Variable", "env", map[string]any{"kind": "TextVariable", "spec": map[string]any{"value": "project"}})
	r.create("variables", "Variable", "region", map[string]any{"kind": "TextVariable", "spec": map[string]any{"value": "eu-$env"}})
	global := "global_" + strings.ReplaceAll(r.project, "-", "_")
	r.createGlobal("globalvariables", "GlobalVariable", global, map[string]any{
		"kind": "ListVariable", "spec": map[string]any{"allowMultiple": true, "allowAllValue": true, "defaultValue": "$__all", "plugin": map[string]any{
			"kind": "PrometheusLabelValuesVariable", "spec": map[string]any{"labelName": "job", "matchers": []string{`shop_requests{env="$env"}`}}}}})

	d := r.dashboard(`{"variables":[
		{"kind":"TextVariable","spec":{"name":"env","value":"dev"}},` +
		list("metric", "", "StaticListVariable", `{"values":["shop_requests",{"value":"other","label":"Other"}]}`) + "," +
		list("job", `"allowMultiple":true,"allowAllValue":true,"defaultValue":["$__all"],"sort":"alphabetical-desc"`, "PrometheusLabelValuesVariable", `{"labelName":"job","matchers":["$metric{env=\"$env\"}"]}`) + "," +
		list("label", `"sort":"alphabetical-desc","capturingRegexp":"^([a-z]+)$"`, "PrometheusLabelNamesVariable", `{"matchers":["$metric"]}`) + "," +
		list("instance", `"allowMultiple":true,"capturingRegexp":"(.*):\\d+","sort":"alphabetical-asc"`, "PrometheusPromQLVariable", `{"expr":"$metric{job=~\"$job\"}","labelName":"instance"}`) + "," +
		list("unused", "", "PrometheusPromQLVariable", `{"expr":"((","labelName":"x"}`) + `],
		"panels":{"p":` + panelJSON("StatChart", "$region ${"+global+":csv}", `{"query":"sum by (job) ($metric{env=\"$env\",job=~\"$job\",instance=~\"$instance.*\"})","seriesNameFormat":"{{job}} by $label"}`) + `}}`)

	r.check(d, nil, `env=dev
metric=shop_requests
job=api,web many all
label=job
instance=api-1 many
region=eu-$env
`+global+`=api,web many all`, "data api by job=70")
	r.check(d, map[string][]string{"env": {"prod"}, "instance": {"db-1", "web-1"}, "label": {"nolabel"}}, `env=prod
metric=shop_requests
job=api,db,web many all
label=nolabel ("nolabel" not among its 3 values)
instance=db-1,web-1 many
region=eu-$env
`+global+`=api,db,web many all`, "data db by nolabel=70 web by nolabel=70")
	r.check(d, map[string][]string{"job": {"web"}}, `env=dev
metric=shop_requests
job=web many
label=job
instance=web-1 many
region=eu-$env
`+global+`=api,web many all`, "data web by job=70")
	r.check(d, map[string][]string{"metric": {"shop_request"}}, `env=dev
metric=shop_request ("shop_request" not among its 2 values)
job= many all (it has no value because its list is empty in this time range)
label= (it has no value because its list is empty in this time range)
instance= many (it has no value because its list is empty in this time range)
region=eu-$env
`+global+`=api,web many all`, `empty; There is no metric shop_request. Nearest names: shop_requests.; lacks job, instance, label`)

	if got, want := r.run(d, panel.Options{}).Panels[0].Title, "eu-$env api,web"; got != want {
		t.Errorf("the title is %q, want %q", got, want)
	}
	names, _, err := r.byHand().LabelValues(t.Context(), "job", []string{`shop_requests{env="dev"}`}, r.start, r.end)
	if err != nil || fmt.Sprint(names) != "[api web]" {
		t.Errorf("asked by hand, the jobs are %v, %v", names, err)
	}
}

// check compares the variables and the result of a run of the panel p.
func (r room) check(d dashboard.Dashboard, set map[string][]string, variables, came string) {
	r.Helper()
	result := r.run(d, panel.Options{Panel: "p", Variables: set})
	if got := shown(result.Variables); got != variables {
		r.Errorf("%v:\ngot\n%s\nwant\n%s", set, got, variables)
	}
	if got := summary(find(r, result, "p")); got != came {
		r.Errorf("%v:\n got %s\nwant %s", set, got, came)
	}
}
