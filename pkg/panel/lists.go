package panel

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
)

// lists are the plugins for lists of values that are asked of a Prometheus, and what they ask
// (prometheus/src/plugins/Prometheus…Variable.tsx).
var lists = map[string]func(ctx context.Context, from *query.Source, spec gjson.Result, values dashboard.Values, start, end time.Time) ([]string, error){
	"PrometheusLabelNamesVariable":  labelNames,
	"PrometheusLabelValuesVariable": labelValues,
	"PrometheusPromQLVariable":      valuesOfResult,
}

func labelNames(ctx context.Context, from *query.Source, spec gjson.Result, values dashboard.Values, start, end time.Time) ([]string, error) {
	return from.LabelNames(ctx, matchersOf(spec, values), start, end)
}

func labelValues(ctx context.Context, from *query.Source, spec gjson.Result, values dashboard.Values, start, end time.Time) ([]string, error) {
	label := values.Replace(spec.Get("labelName").String())
	if label == "" {
		return nil, nil
	}
	return from.LabelValues(ctx, label, matchersOf(spec, values), start, end)
}

// valuesOfResult lists the values of a label in the result of a query, each once and in its order. The UI asks for the
// values of now whatever range is shown; here it is the end of the range, so that the same range gives the same values.
func valuesOfResult(ctx context.Context, from *query.Source, spec gjson.Result, values dashboard.Values, _, end time.Time) ([]string, error) {
	answer, err := from.Instant(ctx, values.Replace(spec.Get("expr").String()), end)
	if err != nil {
		return nil, err
	}
	label := model.LabelName(values.Replace(spec.Get("labelName").String()))
	var found []string
	seen := map[string]bool{}
	for _, s := range answer.Series {
		if value, ok := s.Labels[label]; ok && !seen[string(value)] {
			seen[string(value)] = true
			found = append(found, string(value))
		}
	}
	return found, nil
}

// matchersOf returns the matchers of a variable, with the values of others in them.
func matchersOf(spec gjson.Result, values dashboard.Values) []string {
	var matchers []string
	for _, m := range spec.Get("matchers").Array() {
		matchers = append(matchers, values.Replace(m.String()))
	}
	return matchers
}

// unknownList says why the values of a list are not known.
func unknownList(plugin string) error {
	return fmt.Errorf("the values of a %s cannot be listed here, only those of %s and %s; give it a value",
		plugin, strings.Join(slices.Sorted(maps.Keys(lists)), ", "), dashboard.StaticList)
}
