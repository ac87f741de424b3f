package panel

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/parallel"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
)

// maxTitle is the maximum length of a title and of a description, in bytes.
const maxTitle = 2000

// panel runs one panel.
func (r *run) panel(j job) {
	p := j.result
	values, needed := r.variables.valuesOf(r.references[p.Key])
	values = values.With(p.With, r.builtins)
	// If the values do not fit, the text stays as it is.
	replaced := func(text string) string {
		text, _ = values.Replace(r.client.Work, dashboard.Clip(text, maxTitle))
		return dashboard.Clip(text, maxTitle)
	}
	p.Title, p.Description = replaced(p.Title), replaced(p.Description)
	if j.skipped != "" {
		p.Status, p.Why = Failed, j.skipped
		return
	}
	if kind, _ := dashboard.PanelKindOf(p.Kind); kind.Text != "" {
		p.Text, _ = values.Replace(r.client.Work, p.Choice(kind.Text, ""))
		if p.Status = Data; p.Text == "" {
			p.Status, p.Why = Empty, "It has no text."
		}
		return
	}
	queries := p.Panel.Queries
	p.Queries = make([]Query, len(queries))
	s := panelContext{suggestedStep(r.Start, r.End, j.width), instant(p.Panel), values, needed}
	parallel.Each(len(queries), func(i int) { p.Queries[i] = r.query(s, queries[i]) })
	if p.setStatus(); p.Status != Data {
		p.Lacks = withoutValue(needed)
		p.Notes = append(p.Notes, r.undefined(queries)...)
	}
}

// withoutValue returns the names of the variables that have no value, each once.
func withoutValue(needed []Variable) (names []string) {
	for _, v := range needed {
		if len(v.Values) == 0 && v.Err == nil && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

// maxUndefined is the maximum number of undefined variables that the notes of a panel name.
const maxUndefined = 10

// undefined returns notes about the undefined variables in queries.
func (r *run) undefined(queries []dashboard.Query) (notes []string) {
	undefined := map[string]bool{}
	for _, q := range queries {
		if !r.client.Work.Spend(len(q.Spec)) {
			return notes
		}
		for _, name := range dashboard.References(string(mask.Document(q.Spec))) { // passwords may contain a $
			if !r.variables.isUndefined(name) || undefined[name] {
				continue
			}
			if undefined[name] = true; len(undefined) <= maxUndefined {
				notes = append(notes, fmt.Sprintf("It refers to $%s, but there is no such variable, so the text is not replaced.", dashboard.Clip(name, maxTitle)))
			}
		}
	}
	if left := len(undefined) - maxUndefined; left > 0 {
		notes = append(notes, fmt.Sprintf("It refers to %d more undefined variables.", left))
	}
	return notes
}

// panelContext is what the queries of a panel share.
type panelContext struct {
	suggested time.Duration // the step for the width of the panel
	instant   bool
	values    dashboard.Values
	needed    []Variable
}

// query runs a query of a panel.
func (r *run) query(s panelContext, q dashboard.Query) Query {
	result, err := r.answer(s, q)
	result.Err = err
	return result
}

func (r *run) answer(s panelContext, q dashboard.Query) (Query, error) {
	result := Query{Plugin: q.Plugin}
	plugin, err := pluginOf(q)
	if err != nil {
		return result, err
	}
	if !r.client.Work.Spend(2 * len(q.Spec)) {
		return result, r.client.Work.Err()
	}
	for _, name := range dashboard.References(string(q.Spec)) {
		i := slices.IndexFunc(s.needed, func(v Variable) bool { return v.Name == name && v.Err != nil })
		if i >= 0 {
			return result, &VariableError{name, s.needed[i].Err}
		}
	}
	spec := gjson.ParseBytes(q.Spec)
	selector, err := selectorOf(r.dashboard, spec, plugin.Datasource, s.values)
	if err != nil {
		return result, err
	}
	if spec.Get("query").String() == "" {
		return result, nil // like the UI, which sends no request
	}
	from, err := r.find(selector)
	if err != nil {
		return result, err
	}
	result.Datasource, result.source = from.Name(), from
	request, err := prepare(plugin, conditions{panelContext: s, spec: spec, start: r.Start, end: r.End, scrapeInterval: from.ScrapeInterval(), budget: r.client.Work})
	if err != nil {
		return result, err
	}
	if r.size.Add(int64(2*len(request.text))) > maxSize { // twice, because it is part of a key, too
		return result, errTooMuch
	}
	result.Text, result.Instant, result.Range = request.text, request.instant, request.Range
	key := fmt.Sprintf("%s/%s %+v", selector.Kind, from.Name(), request)
	result.Answer, err = r.send(key, request, from)
	if err == nil {
		var format string
		if format, err = s.values.Replace(r.client.Work, spec.Get("seriesNameFormat").String()); err == nil {
			result.Series, err = r.nameSeries(key, result.Series, format, plugin)
		}
	}
	if err != nil { // show no series without names
		result.Answer = query.Answer{}
	}
	return result, err
}

// send sends a request to a datasource. Queries with the same request share the answer.
func (r *run) send(key string, request request, from *query.Source) (query.Answer, error) {
	return r.answers.do(key, func() (answer query.Answer, err error) {
		err = r.ask(r.ctx, from, func() error {
			if r.size.Load() > maxSize {
				return errTooMuch
			}
			if request.instant {
				answer, err = from.Instant(r.ctx, request.text, request.End)
			} else {
				answer, err = from.Range(r.ctx, request.text, request.Range, request.limit)
			}
			return err
		})
		if err == nil && r.size.Add(sizeOf(answer)) > maxSize {
			return query.Answer{}, errTooMuch
		}
		return answer, err
	})
}

// nameSeries returns a copy of the series of an answer with names in a format. Queries with the same request and format share the
// names.
func (r *run) nameSeries(key string, all []series.Series, format string, plugin dashboard.QueryPlugin) ([]series.Series, error) {
	named, err := r.names.do(plugin.Name+" "+format+"\n"+key, func() ([]series.Series, error) {
		named := slices.Clone(all)
		err := setNames(r.client.Work, named, format, defaultName(plugin.Datasource))
		size := 0
		for _, s := range named {
			size += len(s.Name)
		}
		if r.size.Add(int64(size)) > maxSize && err == nil {
			err = errTooMuch
		}
		return named, err
	})
	if err == nil && r.size.Add(int64(len(named))*namedSize) > maxSize {
		err = errTooMuch
	}
	return slices.Clone(named), err
}

// maxExplained is the maximum number of empty panels whose reason is determined. Each takes several requests.
const maxExplained = 3

// explain sets Why and Cause of the first empty panels.
func (r *run) explain(ctx context.Context, panels []*Panel) {
	ctx, cancel := within(ctx, reasonsShare)
	defer cancel()
	var empty []*Panel
	for _, p := range panels {
		if p.Status == Empty && len(p.Queries) > 0 && len(empty) < maxExplained {
			empty = append(empty, p)
		}
	}
	parallel.Each(len(empty), func(i int) {
		for _, q := range empty[i].Queries {
			if q.Text == "" || ctx.Err() != nil {
				continue
			}
			begin := q.Range.Start
			if q.Instant {
				begin = q.Range.End
			}
			reason := q.source.WhyEmpty(ctx, q.Text, begin, q.Range.End)
			empty[i].Why, empty[i].Cause = reason.String(), reason.Cause
			return
		}
	})
}

// maxSize is the maximum size of all answers of a run in memory, in bytes.
const maxSize = 32 << 20

// Approximate sizes in memory, in bytes.
const (
	pointSize  = 16
	bucketSize = 40
	labelSize  = 64  // without its name and value
	seriesSize = 400 // without points and labels; even a small map has room for 8 labels
	namedSize  = 100 // of a series in the result of each query that shares an answer
)

var errTooMuch = errors.New("this panel and the panels before it have more data than one call can hold: run it alone, in a shorter time range, or with fewer series")

// sizeOf returns the approximate size of an answer in memory, in bytes.
func sizeOf(a query.Answer) int64 {
	count := len(a.Entries) * seriesSize
	for _, s := range a.Series {
		count += seriesSize + len(s.Points)*pointSize
		for _, h := range s.Histograms {
			if h.Histogram != nil {
				count += seriesSize + len(h.Histogram.Buckets)*bucketSize
			}
		}
		for name, value := range s.Labels {
			count += labelSize + len(name) + len(value)
		}
	}
	for _, e := range a.Entries {
		for _, f := range e.Fields {
			count += len(f.Value)
		}
	}
	return int64(count)
}
