package tools

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/query"
)

func findLabels() Tool {
	return Tool{
		Name: "perses_find_labels", Title: "Find labels",
		Description: "Find the labels of a metric (or of all) with the number of their values, or the values of one label.",
		Toolset:     queryToolset,
		Params: []Param{
			{Name: "metric", Doc: `name, or a selector such as up{job="x"}`},
			{Name: "label", Doc: "whose values are wanted"},
			fromDatasource, inProject, limitParam,
		},
		Run: func(call *Call) (any, error) {
			source, err := sourceOf(call)
			if err != nil {
				return nil, err
			}
			if metric := call.Text("metric"); source.Kind() == query.Loki && metric != "" && !strings.Contains(metric, "{") {
				return nil, fmt.Errorf(`metric: datasource %q is a %s and wants a stream selector such as {app="x"}`, source.Name(), source.Kind())
			}
			if call.Has("label") {
				return valuesAnswer(call, source)
			}
			return labelsAnswer(call, source)
		},
	}
}

// recently is how far back labels are looked for: what had samples then is what a query now is about.
const recently = time.Hour

// matchers returns the selector that the argument metric is, if it is given.
func matchers(call *Call) []string {
	metric := strings.TrimSpace(call.Text("metric"))
	switch {
	case metric == "":
		return nil
	case strings.ContainsAny(metric, "{}") || model.LegacyValidation.IsValidMetricName(metric):
		return []string{metric}
	}
	return []string{fmt.Sprintf("{__name__=%q}", metric)}
}

func valuesAnswer(call *Call, source *query.Source) (any, error) {
	now := time.Now()
	values, total, err := source.CountLabelValues(call.Context(), call.Text("label"), matchers(call), now.Add(-recently), now, call.itemsOf(defaultLimit))
	if err != nil {
		return nil, err
	}
	a := findAnswer[string]{Datasource: source.Name(), Items: []string{}, Total: total}
	for _, v := range values {
		a.Items = append(a.Items, query.Clip(v, maxLabel))
	}
	if total == 0 {
		a.Note = "no series of the last hour has this label; without label the answer has the labels there are"
	}
	return a.fit(call, "narrow metric by a selector"), nil
}

type labelItem struct {
	Label    string   `json:"label"`
	Values   *int     `json:"values,omitempty"` // nil if they could not be read
	Examples []string `json:"examples,omitempty"`
}

const (
	// examples is how many values of a label are named.
	examples = 3
	// maxLabels is of how many labels the values are counted, each by a request.
	maxLabels = 200
	// labelsAtOnce is how many labels are asked for their values at the same time.
	labelsAtOnce = 8
)

func labelsAnswer(call *Call, source *query.Source) (any, error) {
	now := time.Now()
	from, selected := now.Add(-recently), matchers(call)
	names, err := source.LabelNames(call.Context(), selected, from, now)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return name == model.MetricNameLabel && selected != nil })
	a := findAnswer[labelItem]{Datasource: source.Name(), Total: len(names)}
	a.Items = make([]labelItem, min(len(names), call.itemsOf(defaultLimit), maxLabels))
	failures := make([]error, len(a.Items))
	var group parallel.Group
	group.SetLimit(labelsAtOnce)
	for i := range a.Items {
		group.Go(func() error {
			a.Items[i], failures[i] = labelOf(call.Context(), source, names[i], selected, from, now)
			return nil
		})
	}
	_ = group.Wait()
	if i := slices.IndexFunc(failures, func(err error) bool { return err != nil }); i >= 0 { // the names are an answer all the same
		a.Note = "values are missing: " + failures[i].Error()
	}
	if len(names) == 0 {
		a.Note = "no series of the last hour has labels"
		if call.Has("metric") {
			a.Note = source.WhyEmpty(call.Context(), selected[0], from, now).String()
		}
	}
	return a.fit(call, "name a metric"), nil
}

func labelOf(ctx context.Context, source *query.Source, name string, selected []string, from, to time.Time) (labelItem, error) {
	values, count, err := source.CountLabelValues(ctx, name, selected, from, to, examples)
	item := labelItem{Label: query.Clip(name, maxLabel)}
	if err == nil {
		item.Values = &count
	}
	for _, v := range values {
		item.Examples = append(item.Examples, query.Clip(v, maxLabel))
	}
	return item, err
}
