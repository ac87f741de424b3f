package lint

import (
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/promql"
)

// labelList is a variable that lists the values of a label, of the series that its matchers select.
type labelList struct {
	where, name, label string
	titled             bool
	matchers           []promql.Query
	datasource         Datasource
}

// addLabelList keeps a variable that lists the values of a label, so that CompareData can check it.
func (c *check) addLabelList(where, name, plugin string, spec gjson.Result) {
	l := labelList{where: where, name: name, titled: spec.Get("display.name").String() != "", label: spec.Get("plugin.spec.labelName").String()}
	if plugin != "PrometheusLabelValuesVariable" || name == "" || l.label == "" || strings.Contains(l.label, "$") {
		return
	}
	for _, matcher := range spec.Get("plugin.spec.matchers").Array() {
		text := matcher.String()
		if !c.spend(len(text) + promql.Cost(text)) {
			c.skipped.add("variables", 1)
			return
		}
		if parsed, err := promql.Parse(text); err == nil {
			l.matchers = append(l.matchers, parsed)
		}
	}
	l.datasource = c.resolveDatasource(spec.Get("plugin.spec.datasource"), dashboard.DatasourceOf(plugin))
	c.lists = append(c.lists, l)
}

// metrics returns the metrics that the matchers name.
func (l labelList) metrics() []string {
	var names []string
	for _, m := range l.matchers {
		names = append(names, m.Metrics()...)
	}
	return names
}

// labelList reports why a variable has no values: the metric does not exist, or does not have the label.
func (d *dataCheck) labelList(l labelList) {
	metrics := l.metrics()
	if len(metrics) != 1 || len(l.matchers) != 1 { // one of several is enough
		return
	}
	metric := metrics[0]
	if _, exists := d.Metrics[metric]; !exists && d.Metrics != nil {
		f := Finding{Severity: Error, Where: l.where, What: fmt.Sprintf("It has no values: there is no metric %s.", clip(metric))}
		if near := d.nearMetrics(metric); len(near) > 0 {
			f.What += " Nearest: " + strings.Join(near, ", ") + "."
		}
		d.Add(f)
		return
	}
	if _, ok := d.Labels[metric]; !ok || d.hasLabel(metric, l.label) {
		return
	}
	known, near := d.nearLabels(metric, l.label)
	f := Finding{Severity: Error, Where: l.where, What: fmt.Sprintf("It has no values: %s has no label %s.", metric, clip(l.label))}
	if len(near) == 0 {
		f.What += " Its labels: " + some(known) + "."
		d.Add(f)
		return
	}
	f.What += " Nearest: " + strings.Join(near, ", ") + "."
	switch {
	case strings.EqualFold(near[0], l.label) && !l.titled: // the name was probably meant as the title
		f.Edit = encode(edit{Op: "change_variable", Variable: l.name, Set: object{"label": near[0], "title": l.label}})
	case nearest.Typo(l.label, near[0]):
		f.Edit = setVariable(l.name, "label", near[0])
	}
	d.Add(f)
}
