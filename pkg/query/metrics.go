package query

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

// Metric is a metric as one finds it. A classic histogram or summary is one, whose series have suffixes.
type Metric struct {
	Name string
	Metadata
	Suffixes []string // that Name needs to be the name of series; nil if it is one itself
}

// suffixes are those of the series of a type; what is listed is only what there is.
var suffixes = map[string][]string{
	"histogram": {"_bucket", "_count", "_sum"},
	"summary":   {"_count", "_sum"},
}

// Metrics returns the metrics that a Prometheus has series of, sorted by name. Without metadata, be it that there is none
// or that it may not be read, they have names alone, and each series' name is one.
func (s *Source) Metrics(ctx context.Context) (all []Metric, metadata bool, err error) {
	names, err := s.LabelValues(ctx, model.MetricNameLabel, nil, time.Time{}, time.Time{})
	if err != nil {
		return nil, false, err
	}
	known, err := s.Metadata(ctx)
	metadata = err == nil && len(known) > 0
	const perName = 100 // units: for its place in two maps and in their order
	if !s.client.Work.Spend(perName * len(names)) {
		return nil, false, s.client.Work.Err()
	}
	byName := map[string]*Metric{}
	for _, name := range names {
		base, suffix := baseOf(name, known)
		m := byName[base]
		if m == nil {
			m = &Metric{Name: base, Metadata: known[base]}
			byName[base] = m
		}
		m.Suffixes = append(m.Suffixes, suffix)
	}
	for _, name := range sortedKeys(byName) {
		m := byName[name]
		if slices.Contains(m.Suffixes, "") { // a native histogram, or a summary with its quantiles
			m.Suffixes = slices.DeleteFunc(m.Suffixes, func(s string) bool { return s == "" })
			if len(m.Suffixes) == 0 {
				m.Suffixes = nil
			} else {
				m.Suffixes = append([]string{""}, m.Suffixes...)
			}
		}
		all = append(all, *m)
	}
	return all, metadata, nil
}

// baseOf returns the name under which metadata knows a series, and what is left of its name.
func baseOf(name string, known map[string]Metadata) (base, suffix string) {
	if _, ok := known[name]; ok {
		return name, ""
	}
	for kind, all := range suffixes {
		for _, suffix := range all {
			if base, ok := strings.CutSuffix(name, suffix); ok && known[base].Type == kind {
				return base, suffix
			}
		}
	}
	// A counter that says in its metadata what it is without the _total that its series have.
	if base, ok := strings.CutSuffix(name, "_total"); ok && known[base].Type == "counter" {
		return base, "_total"
	}
	return name, ""
}
