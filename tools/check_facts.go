package tools

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/query"
)

const (
	// factsAtOnce is how many questions about its labels a datasource is asked at the same time, beside the queries.
	factsAtOnce = 4
	// maxFacts is how many such questions one check asks of a datasource.
	maxFacts = 100
	// maxAsked is how many datasources one check asks. Dashboards ask one or two.
	maxAsked = 20
	// maxKept is how many bytes of labels and values are kept of one datasource. A label that has the name of each of 200,000
	// pods takes 10 MB.
	maxKept = 16 << 20
	// shareOfFacts is of the time that the call has left. Queries go on meanwhile, and what comes later is of no use.
	shareOfFacts = 0.7
)

// facts asks the datasources of the queries which metrics and labels there are. What it returns tells the report.
func (c *Call) facts(f *checking) []func() {
	report := f.Report
	ctx, cancel := c.Context(), context.CancelFunc(func() {})
	if deadline, ok := ctx.Deadline(); ok {
		ctx, cancel = context.WithTimeout(ctx, time.Duration(shareOfFacts*float64(time.Until(deadline))))
	}
	defer cancel()
	d := report.Dashboard
	all := report.Datasources()
	if left := len(all) - maxAsked; left > 0 {
		report.AddUnchecked(fmt.Sprintf("the data of %d of %d datasources was not compared: a check asks %d", left, len(all), maxAsked))
		all = all[:maxAsked]
	}
	tell := make([]func(), len(all))
	parallel.Each(len(all), func(i int) {
		datasource := all[i]
		tell[i] = func() {}
		if datasource.Kind != query.Prometheus {
			return
		}
		source, err := query.Find(c.Client, query.Selector{Kind: datasource.Kind, Name: datasource.Name, Project: d.Project, Dashboard: d.Name, Local: d.Datasources})
		if err != nil { // which the panels say
			return
		}
		known, left, err := c.factsOf(ctx, source, d.Duration, report, datasource)
		switch {
		case err != nil && (query.IsTooMuch(err) || c.Work.Err() != nil || ctx.Err() != nil):
			tell[i] = func() {
				if f.late { // which the panels say
					return
				}
				report.AddUnchecked(fmt.Sprintf("metrics and labels were not compared with the data of %s: %v", datasource.Name, cmp.Or(c.Work.Err(), err)))
			}
		case err == nil:
			tell[i] = func() {
				if left > 0 {
					report.AddUnchecked(fmt.Sprintf("%d labels were not compared with the data of %s, which has too many values of them", left, datasource.Name))
				}
				report.CompareData(c.Work, datasource, known)
			}
		}
	})
	return tell
}

// errNoMetrics is the error of a datasource that lists no metrics, so that nothing can be compared with them.
var errNoMetrics = errors.New("it lists no metrics")

// factsOf asks one datasource which metrics, labels and values it has. left is how many labels have too many values to be kept.
func (c *Call) factsOf(ctx context.Context, source *query.Source, duration time.Duration, report *lint.Report, datasource lint.Datasource) (facts lint.Facts, left int, err error) {
	metrics, _, err := source.Metrics(ctx)
	switch {
	case err != nil:
		return facts, 0, err
	case len(metrics) == 0:
		return facts, 0, errNoMetrics
	case !c.Work.Spend(perMetric * len(metrics)):
		return facts, 0, c.Work.Err()
	}
	facts = lint.Facts{Metrics: map[string]string{}, Labels: map[string][]string{}, Values: map[lint.Label][]string{}}
	for _, m := range metrics {
		for _, suffix := range m.Suffixes {
			facts.Metrics[m.Name+suffix] = m.Type
		}
		if len(m.Suffixes) == 0 {
			facts.Metrics[m.Name] = m.Type
		}
	}
	named, compared := report.References(c.Work, datasource)
	named = slices.DeleteFunc(named, func(name string) bool { _, exists := facts.Metrics[name]; return !exists })
	end := time.Now()
	start := end.Add(-duration)
	var mu sync.Mutex
	kept := 0
	keep := func(names []string) bool { // the caller holds the lock
		size := 0
		for _, name := range names {
			size += len(name)
		}
		if size+kept > maxKept {
			left++
			return false
		}
		kept += size
		return len(names) > 0
	}
	each(named, func(metric string) {
		if names, err := source.LabelNames(ctx, []string{selectorOf(metric)}, start, end); err == nil {
			mu.Lock()
			defer mu.Unlock()
			if keep(names) {
				facts.Labels[metric] = names
			}
		}
	})
	compared = slices.DeleteFunc(compared, func(l lint.Label) bool {
		return !c.Work.Spend(len(facts.Labels[l.Metric])/4) || !slices.Contains(facts.Labels[l.Metric], l.Name)
	})
	each(compared, func(l lint.Label) {
		if values, err := source.LabelValues(ctx, l.Name, []string{selectorOf(l.Metric)}, start, end); err == nil {
			mu.Lock()
			defer mu.Unlock()
			if keep(values) {
				facts.Values[l] = values
			}
		}
	})
	return facts, left, nil
}

// perMetric is how many units it takes to keep the name of a metric.
const perMetric = 20

// each asks about the first of the things, several at the same time.
func each[T any](things []T, ask func(T)) {
	var group parallel.Group
	group.SetLimit(factsAtOnce)
	for _, thing := range things[:min(len(things), maxFacts)] {
		group.Go(func() error { ask(thing); return nil })
	}
	_ = group.Wait()
}

// selectorOf selects the series of a metric, whatever its name.
func selectorOf(metric string) string { return fmt.Sprintf("{__name__=%q}", metric) }
