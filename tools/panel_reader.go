package tools

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// panelReader reads panels as a person would.
type panelReader struct {
	panelDetail
	several bool // so that what they have in common is said of all, and not of each
	budget  *work.Budget
}

// manner is how a panel shows values.
type manner struct {
	value   dashboard.ValueFormatter
	formats []unit.Format // by the index of the query
	counts  unit.Format
}

func mannerOf(budget *work.Budget, p *panel.Panel) manner {
	if len(p.Queries) == 0 {
		return manner{}
	}
	budget.Spend(len(p.Spec))
	return manner{p.ValueFormatter(budget), p.Formats(len(p.Queries)), p.CountFormat()}
}

func (r panelReader) read(p *panel.Panel) panelAnswer {
	a := panelAnswer{Key: p.Key, Kind: p.Kind, Status: p.Status, Why: query.Clip(p.Why, 1000), Notes: p.Notes, Text: query.Clip(p.Text, r.text)}
	if r.several {
		a.Why = query.Clip(whyOf(p), 1000)
	} else if p.Lacks != nil {
		a.Notes = append([]string{"Without a value: $" + strings.Join(p.Lacks, ", $") + "."}, p.Notes...)
	}
	if p.Title != p.Key {
		a.Title = query.Clip(p.Title, 200)
	}
	for _, name := range slices.Sorted(maps.Keys(p.With)) {
		if a.With == nil {
			a.With = map[string]string{}
		}
		a.With[name] = clip(strings.Join(p.With[name].Values, ","))
	}
	m := mannerOf(r.budget, p)
	for i, q := range p.Queries {
		shown := min(len(q.Series), r.series-len(a.Series))
		for _, s := range q.Series[:shown] {
			a.Series = append(a.Series, r.readSeries(p, m, i, q, s))
		}
		a.More += len(q.Series) - shown
		lines := linesOf(q.Answer, r.lines-len(a.Lines))
		a.Lines = append(a.Lines, lines...)
		a.Left += len(q.Entries) - len(lines)
		for _, w := range q.Warnings {
			if w = query.Clip(w, 300); !slices.Contains(a.Warnings, w) {
				a.Warnings = append(a.Warnings, w)
			}
		}
		if r.queries {
			a.Queries = append(a.Queries, r.readQuery(p, q))
		}
	}
	return a
}

// readQuery says what one of the panel's queries asked.
func (r panelReader) readQuery(p *panel.Panel, q panel.Query) queryAnswer {
	a := queryAnswer{Datasource: q.Datasource, Query: query.Clip(q.Text, 2000)}
	if q.Range.Step > 0 && !q.Instant {
		a.Step = query.FormatDuration(q.Range.Step)
	}
	if every, _ := r.everyOf(q); every > 0 {
		a.Points = fmt.Sprintf("one every %s from %s, null where there is no sample",
			query.FormatDuration(time.Duration(every)*q.Range.Step), query.FormatTime(q.Range.Start))
	}
	if problem := q.Problem(); problem != p.Why {
		a.Problem = query.Clip(problem, 1000)
	}
	return a
}

// readSeries reads a series of one of the panel's queries.
func (r panelReader) readSeries(p *panel.Panel, m manner, of int, q panel.Query, s series.Series) seriesAnswer {
	a := seriesAnswer{Name: query.Clip(s.Name, 300)}
	if kind, _ := dashboard.PanelKindOf(p.Kind); kind.SingleValue {
		_, a.Value, _ = m.value.Format(s)
		a.Points = r.pointsOf(q, s)
		return a
	}
	format := m.formats[of]
	if p.Counts(s) {
		format = m.counts
	}
	if q.Instant {
		if last := len(s.Points) - 1; last >= 0 {
			a.Value = format.Text(float64(s.Points[last].Value))
		}
		return a
	}
	if sum := series.Summarize(s.Points); sum.Count > 0 {
		a.Last, a.Min, a.Max, a.Mean = format.Text(sum.Last), format.Text(sum.Min), format.Text(sum.Max), format.Text(sum.Mean)
	} else if sum.NaN > 0 {
		a.Last = format.Text(float64(s.Points[0].Value))
	}
	a.Points = r.pointsOf(q, s)
	return a
}

// everyOf returns of which so manieth points the answer has those of a query, 0 for none, and how many there can be.
func (r panelReader) everyOf(q panel.Query) (every, places int) {
	if r.points == 0 || q.Instant || q.Range.Step <= 0 || len(q.Series) == 0 {
		return 0, 0
	}
	places = int(q.Range.End.Sub(q.Range.Start)/q.Range.Step) + 1
	return (places + r.points - 1) / r.points, places
}

// pointsOf returns some of the points of a series.
func (r panelReader) pointsOf(q panel.Query, s series.Series) []*number {
	every, places := r.everyOf(q)
	if every == 0 {
		return nil
	}
	return pointsOf(s.Points, q.Range, every, places)
}

// linesOf returns a line for each entry of an answer, up to a maximum.
func linesOf(answer query.Answer, most int) []string {
	var lines []string
	for _, e := range answer.Entries[:min(len(answer.Entries), most)] {
		lines = append(lines, query.FormatTime(e.Time)+" "+query.Clip(e.Text(), 500))
	}
	return lines
}
