package tools

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/query"
)

func findMetrics() Tool {
	return Tool{
		Name: "perses_find_metrics", Title: "Find metrics",
		Description: "Find the metrics of a Prometheus, with type, unit and help. Classic histograms and summaries stand once, with the suffixes of their series.",
		Toolset:     queryToolset,
		Params: []Param{
			{Name: "match", Doc: "part of name or help, or a regex; any case"},
			fromDatasource, inProject, mostFound,
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
			for _, m := range found[:min(len(found), call.itemsOf(usualFound))] {
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

type metricItem struct {
	Name   string   `json:"name"`
	Type   string   `json:"type,omitempty"`
	Unit   string   `json:"unit,omitempty"`
	Help   string   `json:"help,omitempty"`
	Series []string `json:"series_suffixes,omitempty"`
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
