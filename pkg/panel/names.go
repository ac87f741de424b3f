package panel

import (
	"maps"
	"math/bits"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

// giveNames gives names to series: in a format or, without one, in a way of its own. In the format a label that a series does not
// have is empty.
func giveNames(budget *work.Budget, all []series.Series, format string, plain func(model.Metric) string) error {
	name := plain
	if format != "" {
		if !budget.Spend(10 * len(format)) {
			return budget.Err()
		}
		parsed := dashboard.ParseNameFormat(format)
		name = func(labels model.Metric) string {
			return parsed.Name(budget, func(label string) string { return string(labels[model.LabelName(label)]) })
		}
	}
	for i := range all {
		if n := len(all[i].Labels); !budget.Spend(60 + n*(10+2*bits.Len(uint(n)))) { // which are sorted
			return budget.Err()
		}
		all[i].Name = name(all[i].Labels)
	}
	return budget.Err()
}

// defaultNames returns how the series of a kind of datasource are named that no format names.
func defaultNames(datasource string) func(model.Metric) string {
	if datasource == query.Prometheus {
		return metricName
	}
	return streamName
}

// metricName returns the name of a series of Prometheus that no format names: its metric, and its labels in braces.
func metricName(labels model.Metric) string {
	return string(labels[model.MetricNameLabel]) + "{" + labelled(labels, `="`, `"`, ",") + "}"
}

// streamName is metricName for a series of Loki (loki/src/queries/loki-time-series-query/get-loki-time-series-data.ts).
func streamName(labels model.Metric) string { return labelled(labels, "=", "", ", ") }

// labelled writes the labels in the order of their names, without the one that names the metric.
func labelled(labels model.Metric, before, behind, between string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name == model.MetricNameLabel {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(between)
		}
		for _, part := range []string{string(name), before, string(labels[name]), behind} {
			b.WriteString(part)
		}
		if b.Len() > dashboard.MaxSeriesName {
			break
		}
	}
	return dashboard.Clip(b.String(), dashboard.MaxSeriesName)
}
