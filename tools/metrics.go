package tools

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/query"
)

// usualMetrics is how many metrics, labels or values are answered with when nobody says how many.
const usualMetrics = 50

func findMetrics() Tool {
	return Tool{
		Name: "perses_find_metrics", Title: "Find metrics",
		Description: "Find the metrics of a Prometheus, with type, unit and help. Classic histograms and summaries stand once, with the suffixes of their series.",
		Toolset:     queryToolset,
		Params: []Param{
			{Name: "match", Doc: "part of name or help, or a regex; any case"},
			fromDatasource, inProject,
			{Name: "limit", Type: Count, Doc: "default 50"},
		},
		Run: func(call *Call) (any, error) {
			source, err := prometheusOf(call)
			if err != nil {
				return nil, err
			}
			all, metadata, err := source.Metrics(call.Context())
			if err != nil {
				return nil, err
			}
			found, err := matching(all, call.Text("match"))
			if err != nil {
				return nil, err
			}
			a := foundAnswer[metricItem]{Datasource: source.Name(), Items: []metricItem{}, Total: len(found)}
			if !metadata {
				a.Note = "the datasource tells no types and help: these are names of series"
			}
			for _, m := range found[:min(len(found), call.itemsOf(usualMetrics))] {
				a.Items = append(a.Items, metricItem{m.Name, m.Type, m.Unit, query.Clip(m.Help, mostLabel), m.Suffixes})
			}
			if len(found) == 0 {
				a.Note = noMetric(all, call.Text("match"))
			}
			return a.fitted(call, "narrow match"), nil
		},
	}
}

// prometheusOf returns the datasource that the arguments name, which must be a Prometheus.
func prometheusOf(call *Call) (*query.Source, error) {
	source, err := sourceOf(call)
	if err == nil && source.Kind() != query.Prometheus {
		return nil, fmt.Errorf("datasource %q is a %s, and only a %s has metrics: perses_find_labels has its labels", source.Name(), source.Kind(), query.Prometheus)
	}
	return source, err
}

// foundAnswer is what was found, as much of it as fits.
type foundAnswer[T any] struct {
	Datasource string `json:"datasource"`
	Items      []T    `json:"items"`
	Total      int    `json:"total"`
	LeftOut    string `json:"left_out,omitempty"`
	Note       string `json:"note,omitempty"`
}

type metricItem struct {
	Name   string   `json:"name"`
	Type   string   `json:"type,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	Help   string   `json:"help,omitempty"`
	Series []string `json:"series_suffixes,omitempty"`
}

// fitted leaves out what does not fit into the limit of the call, and says how to see it.
func (a foundAnswer[T]) fitted(call *Call, narrower string) foundAnswer[T] {
	advice := "raise limit, or "
	for {
		if left := a.Total - len(a.Items); left > 0 {
			a.LeftOut = fmt.Sprintf("%d more: %s%s", left, advice, narrower)
		}
		if len(a.Items) == 0 || len(perses.Marshal(a)) <= call.Limit {
			return a
		}
		a.Items = a.Items[:len(a.Items)*3/4]
		advice = "there is no room for more in one answer: " // and raising limit makes none
	}
}

// matching returns the metrics whose name or help has a text in it, those first whose name is it or begins with it. A text
// that none has is tried as a regular expression.
func matching(all []query.Metric, text string) ([]query.Metric, error) {
	if text == "" {
		return all, nil
	}
	lower := strings.ToLower(text)
	rank := func(m query.Metric) int {
		name := strings.ToLower(m.Name)
		switch {
		case name == lower:
			return 1
		case strings.HasPrefix(name, lower):
			return 2
		case strings.Contains(name, lower):
			return 3
		case strings.Contains(strings.ToLower(m.Help), lower):
			return 4
		}
		return 0
	}
	found := slices.DeleteFunc(slices.Clone(all), func(m query.Metric) bool { return rank(m) == 0 })
	if len(found) > 0 {
		slices.SortStableFunc(found, func(a, b query.Metric) int { return cmp.Compare(rank(a), rank(b)) })
		return found, nil
	}
	expression, err := regexp.Compile("(?i)" + text)
	if err != nil {
		return nil, fmt.Errorf("match: %q stands in no name or help, and is no regular expression either (%w)", clip(text), err)
	}
	return slices.DeleteFunc(slices.Clone(all), func(m query.Metric) bool {
		return !expression.MatchString(m.Name) && !expression.MatchString(m.Help)
	}), nil
}

func noMetric(all []query.Metric, match string) string {
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	if near := nearest.Names(match, names); len(near) > 0 {
		return "none matches; nearest names: " + strings.Join(near, ", ")
	}
	return fmt.Sprintf("none of %d matches", len(all))
}

func findLabels() Tool {
	return Tool{
		Name: "perses_find_labels", Title: "Find labels",
		Description: "Find the labels of a metric (or of all) with the number of their values, or the values of one label.",
		Toolset:     queryToolset,
		Params: []Param{
			{Name: "metric", Doc: `name, or a selector such as up{job="x"}`},
			{Name: "label", Doc: "whose values are wanted"},
			fromDatasource, inProject,
			{Name: "limit", Type: Count, Doc: "default 50"},
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
	values, err := source.LabelValues(call.Context(), call.Text("label"), matchers(call), now.Add(-recently), now)
	if err != nil {
		return nil, err
	}
	a := foundAnswer[string]{Datasource: source.Name(), Items: []string{}, Total: len(values)}
	for _, v := range values[:min(len(values), call.itemsOf(usualMetrics))] {
		a.Items = append(a.Items, query.Clip(v, mostLabel))
	}
	if len(values) == 0 {
		a.Note = "no series of the last hour has this label; without label the answer has the labels there are"
	}
	return a.fitted(call, "narrow metric by a selector"), nil
}

type labelItem struct {
	Label    string   `json:"label"`
	Values   *int     `json:"values,omitempty"` // nil if they could not be read
	Examples []string `json:"examples,omitempty"`
}

const (
	// examples is how many values of a label are named.
	examples = 3
	// mostLabels is of how many labels the values are counted, each by a request.
	mostLabels = 200
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
	a := foundAnswer[labelItem]{Datasource: source.Name(), Total: len(names)}
	a.Items = make([]labelItem, min(len(names), call.itemsOf(usualMetrics), mostLabels))
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
			a.Note = source.WhyEmpty(call.Context(), selected[0], from, now)
		}
	}
	return a.fitted(call, "name a metric"), nil
}

func labelOf(ctx context.Context, source *query.Source, name string, selected []string, from, to time.Time) (labelItem, error) {
	values, err := source.LabelValues(ctx, name, selected, from, to)
	item := labelItem{Label: query.Clip(name, mostLabel)}
	if count := len(values); err == nil {
		item.Values = &count
	}
	for _, v := range values[:min(len(values), examples)] {
		item.Examples = append(item.Examples, query.Clip(v, mostLabel))
	}
	return item, err
}
