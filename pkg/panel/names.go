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

// setNames sets the names of series by a format or, if that is empty, by a function. Labels that a series does not have are empty in
// its name.
func setNames(budget *work.Budget, all []series.Series, format string, defaultName func(model.Metric) string) error {
	name := defaultName
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
		if n := len(all[i].Labels); !budget.Spend(60 + n*(10+2*bits.Len(uint(n)))) { // to sort the labels
			return budget.Err()
		}
		all[i].Name = name(all[i].Labels)
	}
	return budget.Err()
}

// defaultName returns the function that names the series of a kind of datasource if there is no format.
func defaultName(datasource string) func(model.Metric) string {
	if datasource == query.Prometheus {
		return metricName
	}
	return streamName
}

// metricName returns the default name of a series of Prometheus: its metric and its labels in braces.
func metricName(labels model.Metric) string {
	return string(labels[model.MetricNameLabel]) + "{" + joinLabels(labels, `="`, `"`, ",") + "}"
}

// streamName returns the default name of a series of Loki (loki/src/queries/loki-time-series-query/get-loki-time-series-data.ts).
func streamName(labels model.Metric) string { return joinLabels(labels, "=", "", ", ") }

// joinLabels formats the labels in the order of their names, without the name of the metric.
func joinLabels(labels model.Metric, equals, end, separator string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name == model.MetricNameLabel {
			continue
		}
		if b.Len() > 0 {
			b.WriteString(separator)
		}
		for _, part := range []string{string(name), equals, string(labels[name]), end} {
			b.WriteString(part)
		}
		if b.Len() > dashboard.MaxSeriesName {
			break
		}
	}
	return dashboard.Clip(b.String(), dashboard.MaxSeriesName)
}
