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

// maxTitle is how many bytes are shown of a title and of a description.
const maxTitle = 2000

// panel runs a panel.
func (r *run) panel(j job) {
	p := j.result
	values, needed := r.variables.valuesOf(r.references[p.Key])
	values = values.With(p.With, r.builtins)
	// What has no room for values remains as it is.
	replaced := func(text string) string {
		text, _ = values.Replace(r.client.Work, dashboard.Clip(text, maxTitle))
		return dashboard.Clip(text, maxTitle)
	}
	p.Title, p.Description = replaced(p.Title), replaced(p.Description)
	if j.not != "" {
		p.Status, p.Why = Failed, j.not
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
	s := setting{suggestedStep(r.Start, r.End, j.width), instant(p.Panel), values, needed}
	parallel.Each(len(queries), func(i int) { p.Queries[i] = r.query(s, queries[i]) })
	if p.judge(); p.Status != Data {
		p.Lacks = lacking(needed)
		p.Notes = append(p.Notes, r.undefined(queries)...)
	}
}

// lacking returns the names of the variables that have no value, each once.
func lacking(needed []Variable) (names []string) {
	for _, v := range needed {
		if len(v.Values) == 0 && v.Err == nil && !slices.Contains(names, v.Name) {
			names = append(names, v.Name)
		}
	}
	return names
}

// maxUndefined is of how many variables it is said that there are none.
const maxUndefined = 10

// undefined says which variables there are not that queries name.
func (r *run) undefined(queries []dashboard.Query) (notes []string) {
	undefined := map[string]bool{}
	for _, q := range queries {
		if !r.client.Work.Spend(len(q.Spec)) {
			return notes
		}
		for _, name := range dashboard.References(string(mask.Document(q.Spec))) { // what looks like one in a password is none
			if !r.variables.undefined(name) || undefined[name] {
				continue
			}
			if undefined[name] = true; len(undefined) <= maxUndefined {
				notes = append(notes, fmt.Sprintf("It names $%s, but there is no such variable: this stands in the query as it is.", dashboard.Clip(name, maxTitle)))
			}
		}
	}
	if left := len(undefined) - maxUndefined; left > 0 {
		notes = append(notes, fmt.Sprintf("It names %d more variables that there are not.", left))
	}
	return notes
}

// setting is what the queries of a panel have in common.
type setting struct {
	suggested time.Duration // the step that the width of the panel suggests
	instant   bool
	values    dashboard.Values
	needed    []Variable
}

// query runs a query of a panel.
func (r *run) query(s setting, q dashboard.Query) Query {
	asked, err := r.answer(s, q)
	asked.Err = err
	return asked
}

func (r *run) answer(s setting, q dashboard.Query) (Query, error) {
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
		return result, nil // as in the UI, which then asks nothing
	}
	from, err := r.find(selector)
	if err != nil {
		return result, err
	}
	result.Datasource, result.source = from.Name(), from
	question, err := prepare(plugin, conditions{setting: s, spec: spec, start: r.Start, end: r.End, scrapeInterval: from.ScrapeInterval(), budget: r.client.Work})
	if err != nil {
		return result, err
	}
	if r.kept.Add(int64(2*len(question.text))) > maxKept { // which is the key of its answer, too
		return result, errTooMuch
	}
	result.Text, result.Instant, result.Range = question.text, question.instant, question.Range
	key := fmt.Sprintf("%s/%s %+v", selector.Kind, from.Name(), question)
	result.Answer, err = r.put(key, question, from)
	if err == nil {
		var format string
		if format, err = s.values.Replace(r.client.Work, spec.Get("seriesNameFormat").String()); err == nil {
			result.Series, err = r.nameSeries(key, result.Series, format, plugin)
		}
	}
	if err != nil { // so that nothing is shown without its name
		result.Answer = query.Answer{}
	}
	return result, err
}

// put puts a question to a datasource, once for all the queries that ask the same.
func (r *run) put(key string, question asked, from *query.Source) (query.Answer, error) {
	return r.answers.do(key, func() (answer query.Answer, err error) {
		err = r.ask(r.ctx, from, func() error {
			if r.kept.Load() > maxKept { // so that nothing is read that there is no room for
				return errTooMuch
			}
			if question.instant {
				answer, err = from.Instant(r.ctx, question.text, question.End)
			} else {
				answer, err = from.Range(r.ctx, question.text, question.Range, question.limit)
			}
			return err
		})
		if err == nil && r.kept.Add(bytesOf(answer)) > maxKept {
			return query.Answer{}, errTooMuch
		}
		return answer, err
	})
}

// nameSeries returns a copy of the series of an answer with their names in a format. All queries that ask the same and have
// the same format share these names.
func (r *run) nameSeries(key string, all []series.Series, format string, plugin dashboard.QueryPlugin) ([]series.Series, error) {
	named, err := r.names.do(plugin.Name+" "+format+"\n"+key, func() ([]series.Series, error) {
		named := slices.Clone(all)
		err := giveNames(r.client.Work, named, format, defaultNames(plugin.Datasource))
		size := 0
		for _, s := range named {
			size += len(s.Name)
		}
		if r.kept.Add(int64(size)) > maxKept && err == nil {
			err = errTooMuch
		}
		return named, err
	})
	if err == nil && r.kept.Add(int64(len(named))*bytesOfNamed) > maxKept {
		err = errTooMuch
	}
	return slices.Clone(named), err
}

// maxExplained is of how many empty panels the reason is looked for, which takes some requests each.
const maxExplained = 3

// explain says of the first empty panels why they are, as far as their datasources tell.
func (r *run) explain(ctx context.Context, panels []*Panel) {
	// What hangs has used up the time of the queries, but not all of the call's.
	ctx, cancel := within(ctx, shareOfReasons)
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

// maxKept is how many bytes of points, labels, names, lines and traces one run holds.
const maxKept = 32 << 20

const (
	bytesOfPoint  = 16
	bytesOfBucket = 40
	bytesOfLabel  = 64  // beside its name and its value
	bytesOfSeries = 400 // beside what it has: a map has room for 8 labels from the first on
	bytesOfNamed  = 100 // of a series in the result of each query, beside what these share
)

var errTooMuch = errors.New("this and the panels before it have more data than one call can hold: run it alone, in a shorter range, or with fewer series")

// bytesOf returns about how much memory an answer takes.
func bytesOf(a query.Answer) int64 {
	count := len(a.Entries) * bytesOfSeries
	for _, s := range a.Series {
		count += bytesOfSeries + len(s.Points)*bytesOfPoint
		for _, h := range s.Histograms {
			if h.Histogram != nil {
				count += bytesOfSeries + len(h.Histogram.Buckets)*bytesOfBucket
			}
		}
		for name, value := range s.Labels {
			count += bytesOfLabel + len(name) + len(value)
		}
	}
	for _, e := range a.Entries {
		for _, f := range e.Fields {
			count += len(f.Value)
		}
	}
	return int64(count)
}
