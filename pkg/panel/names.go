package panel

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// formatName returns the name of a series in a format of a query; a label that the series does not have is empty there.
func formatName(format string, labels model.Metric) string {
	return dashboard.NameOf(format, func(label string) string { return string(labels[model.LabelName(label)]) })
}

// metricName returns the name of a series of Prometheus that no format names: its metric, and its labels in braces.
func metricName(labels model.Metric) string {
	return string(labels[model.MetricNameLabel]) + "{" + labelled(labels, `%s="%s"`, ",") + "}"
}

// streamName is metricName for a series of Loki (loki/src/queries/loki-time-series-query/get-loki-time-series-data.ts).
func streamName(labels model.Metric) string { return labelled(labels, "%s=%s", ", ") }

// labelled writes the labels in the order of their names, without the one that names the metric.
func labelled(labels model.Metric, format, separator string) string {
	var written []string
	for _, name := range slices.Sorted(maps.Keys(labels)) {
		if name != model.MetricNameLabel {
			written = append(written, fmt.Sprintf(format, name, labels[name]))
		}
	}
	return strings.Join(written, separator)
}
