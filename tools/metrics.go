package tools

import (
	"fmt"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

func findMetrics() Tool {
	return Tool{
		Name: "perses_find_metrics", Title: "Find metrics",
		Description: "Find the metrics of a Prometheus, with type, unit and help. Classic histograms and summaries stand once, with the suffixes of their series.",
		Toolset:     queryToolset,
		Params: []Param{
			{Name: "match", Doc: "part of name or help, or a regex; any case"},
			fromDatasource, inProject, limitParam,
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
			found, err := matching(call.Work, all, call.Text("match"))
			if err != nil {
				return nil, err
			}
			a := findAnswer[metricItem]{Datasource: source.Name(), Items: []metricItem{}, Total: len(found)}
			if !metadata {
				a.Note = "the datasource tells no types and help: these are names of series"
			}
			for _, m := range found[:min(len(found), call.itemsOf(defaultLimit))] {
				a.Items = append(a.Items, metricItem{m.Name, m.Type, m.Unit, query.Clip(m.Help, maxLabel), m.Suffixes})
			}
			if len(found) == 0 {
				a.Note = noMetric(call, all, call.Text("match"))
			}
			return a.fit(call, "narrow match"), nil
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

type metricItem struct {
	Name   string   `json:"name"`
	Type   string   `json:"type,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	Help   string   `json:"help,omitempty"`
	Series []string `json:"series_suffixes,omitempty"`
}

// matching returns the metrics whose name or help has a text in it, those first whose name is it or begins with it. A text
// that none has is tried as a regular expression.
func matching(budget *work.Budget, all []query.Metric, text string) ([]query.Metric, error) {
	if text == "" {
		return all, nil
	}
	if len(text) > work.MaxPattern {
		return nil, fmt.Errorf("match: it has %d bytes, more than the maximum of %d", len(text), work.MaxPattern)
	}
	lower := strings.ToLower(text)
	var ranked [5][]query.Metric
	for _, m := range all {
		rank := rankOf(m, lower)
		ranked[rank] = append(ranked[rank], m)
		if !budget.Spend((len(m.Name) + len(m.Help)) / 2) {
			return nil, fmt.Errorf("match: searching %d metrics: %w", len(all), budget.Err())
		}
	}
	if found := slices.Concat(ranked[1:]...); len(found) > 0 {
		return found, nil
	}
	expression, err := work.Compile(budget, "(?i)"+text)
	if err != nil {
		return nil, fmt.Errorf("match: %q is in no name or help, and cannot be used as a regular expression: %w", clip(text), err)
	}
	var found []query.Metric
	for _, m := range all {
		if expression.Match(budget, m.Name) || expression.Match(budget, m.Help) {
			found = append(found, m)
		}
	}
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("match: trying %q as a regular expression on %d metrics: %w: no name or help contains it; try a shorter text", clip(text), len(all), err)
	}
	return found, nil
}

// rankOf says where a metric has a text in lower case: 1 is the name, 2 its begin, 3 a part of it, 4 the help, and 0 nowhere.
func rankOf(m query.Metric, lower string) int {
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

func noMetric(call *Call, all []query.Metric, match string) string {
	var names []string
	for _, m := range all {
		names = append(names, m.Name)
	}
	if near := nearest.NamesWithin(call.Work, match, names); len(near) > 0 {
		return "none matches; nearest names: " + strings.Join(near, ", ")
	}
	return fmt.Sprintf("none of %d matches", len(all))
}
