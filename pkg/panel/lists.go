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

// asking is what a list of values is made from: the spec of its plugin, with the values of other variables in it.
type asking struct {
	spec   gjson.Result
	values dashboard.Values
	budget *work.Budget
}

// text returns a text of the spec with the values of variables in it.
func (a asking) text(path string) (string, error) {
	return a.values.Replace(a.budget, a.spec.Get(path).String())
}

// matchers returns the matchers of the spec in the same way.
func (a asking) matchers() (matchers []string, err error) {
	for _, m := range a.spec.Get("matchers").Array() {
		matcher, err := a.values.Replace(a.budget, m.String())
		if err != nil {
			return nil, err
		}
		matchers = append(matchers, matcher)
	}
	return matchers, nil
}

// lists are the plugins for lists of values that are asked of a Prometheus, and what they ask
// (prometheus/src/plugins/Prometheus…Variable.tsx).
var lists = map[string]func(ctx context.Context, from *query.Source, a asking, start, end time.Time) ([]string, error){
	"PrometheusLabelNamesVariable":  labelNames,
	"PrometheusLabelValuesVariable": labelValues,
	"PrometheusPromQLVariable":      valuesOfResult,
}

func labelNames(ctx context.Context, from *query.Source, a asking, start, end time.Time) ([]string, error) {
	matchers, err := a.matchers()
	if err != nil {
		return nil, err
	}
	return from.LabelNames(ctx, matchers, start, end)
}

func labelValues(ctx context.Context, from *query.Source, a asking, start, end time.Time) ([]string, error) {
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

// valuesOfResult lists the values of a label in the result of a query, each once and in its order. The UI asks for the
// values of now whatever range is shown; here it is the end of the range, so that the same range gives the same values.
func valuesOfResult(ctx context.Context, from *query.Source, a asking, _, end time.Time) ([]string, error) {
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

// unknownList says why the values of a list are not known.
func unknownList(plugin string) error {
	return fmt.Errorf("the values of a %s cannot be listed here, only those of %s and %s; give it a value",
		plugin, strings.Join(slices.Sorted(maps.Keys(lists)), ", "), dashboard.StaticList)
}
