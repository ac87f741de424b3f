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
	"github.com/perses/mcp-server/pkg/work"
)

// listSpec is the spec of the plugin of a list variable, with the values of the variables in it.
type listSpec struct {
	spec   gjson.Result
	values dashboard.Values
	budget *work.Budget
}

// text returns a string of the spec with its variables replaced.
func (a listSpec) text(path string) (string, error) {
	return a.values.Replace(a.budget, a.spec.Get(path).String())
}

// matchers returns the matchers of the spec with their variables replaced.
func (a listSpec) matchers() (matchers []string, err error) {
	for _, m := range a.spec.Get("matchers").Array() {
		matcher, err := a.values.Replace(a.budget, m.String())
		if err != nil {
			return nil, err
		}
		matchers = append(matchers, matcher)
	}
	return matchers, nil
}

// lists has the functions that request the values of list variables from Prometheus, by plugin
// (prometheus/src/plugins/Prometheus…Variable.tsx).
var lists = map[string]func(ctx context.Context, from *query.Source, a listSpec, start, end time.Time) ([]string, error){
	"PrometheusLabelNamesVariable":  labelNames,
	"PrometheusLabelValuesVariable": labelValues,
	"PrometheusPromQLVariable":      resultValues,
}

func labelNames(ctx context.Context, from *query.Source, a listSpec, start, end time.Time) ([]string, error) {
	matchers, err := a.matchers()
	if err != nil {
		return nil, err
	}
	return from.LabelNames(ctx, matchers, start, end)
}

func labelValues(ctx context.Context, from *query.Source, a listSpec, start, end time.Time) ([]string, error) {
	label, err := a.text("labelName")
	if label == "" || err != nil {
		return nil, err
	}
	matchers, err := a.matchers()
	if err != nil {
		return nil, err
	}
	return from.LabelValues(ctx, label, matchers, start, end)
}

// resultValues returns the distinct values of a label in the result of a query, in its order. The UI queries at the current time. Here
// it is the end of the time range, so that the same range gives the same values.
func resultValues(ctx context.Context, from *query.Source, a listSpec, _, end time.Time) ([]string, error) {
	expression, err := a.text("expr")
	if err != nil {
		return nil, err
	}
	label, err := a.text("labelName")
	if err != nil {
		return nil, err
	}
	answer, err := from.Instant(ctx, expression, end)
	if err != nil {
		return nil, err
	}
	var found []string
	seen := map[model.LabelValue]bool{}
	for _, s := range answer.Series {
		if value, ok := s.Labels[model.LabelName(label)]; ok && !seen[value] {
			seen[value] = true
			found = append(found, string(value))
		}
	}
	return found, nil
}

// unsupportedList returns the error for a list variable whose values cannot be requested.
func unsupportedList(plugin string) error {
	return fmt.Errorf("the values of a %s cannot be listed here, only those of %s and %s: set its value",
		plugin, strings.Join(slices.Sorted(maps.Keys(lists)), ", "), dashboard.StaticList)
}
