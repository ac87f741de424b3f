package tools

import (
	"errors"
	"fmt"
	"time"

	"github.com/perses/mcp-server/pkg/query"
)

// queryToolset is the toolset of the tools that ask data.
const queryToolset = "query"

// The parameters that the tools which ask data share.
var (
	fromDatasource = Param{Name: "datasource", Type: Name, Doc: "name; without it the default PrometheusDatasource"}
	inProject      = Param{Name: "project", Type: Name, Doc: "whose datasources come before the global ones"}
	start          = Param{Name: "start", Doc: "RFC 3339, Unix seconds, or now-1h"}
	end            = Param{Name: "end", Doc: "default now"}
)

func queryData() Tool {
	return Tool{
		Name: "perses_query", Title: "Query a datasource",
		Description: "Ask a datasource in PromQL, LogQL or TraceQL, as its kind wants. Without start: the values at end; with it: a summary of each series over the range, and some of its points.",
		Toolset:     queryToolset,
		Params: []Param{
			required(Param{Name: "query"}), fromDatasource, inProject, start, end,
			{Name: "step", Doc: "between points, such as 30s; default: about 240 points"},
			{Name: "limit", Type: Count, Doc: fmt.Sprintf("most series or lines, default %d", defaultItems)},
		},
		Run: func(call *Call) (any, error) {
			source, err := sourceOf(call)
			if err != nil {
				return nil, err
			}
			return askOne(call, source)
		},
	}
}

// sourceOf returns the datasource that the arguments name.
func sourceOf(call *Call) (*query.Source, error) {
	s := query.Selector{Name: call.Text("datasource"), Project: call.Text("project")}
	if s.Name == "" {
		s.Kind = query.Prometheus
	}
	return query.Find(call.Client, s)
}

// maxLinked is the longest query in bytes of which there is a link: it stands in there once more, and escaped.
const maxLinked = 1000

// defaultItems is how many series or lines are answered with when nobody says how many.
const defaultItems = 20

// itemsOf returns how many series, lines or metrics are wanted: no more than have room in the answer, for each takes some
// bytes.
func (c *Call) itemsOf(usual int) int {
	if n := c.Count("limit"); n > 0 {
		return int(min(n, 100_000, uint64(max(1, c.Limit/4))))
	}
	return usual
}

// askOne asks a datasource for the values at one time or, with start, over a range.
func askOne(call *Call, source *query.Source) (any, error) {
	now := time.Now()
	until, err := call.time("end", now, now)
	if err != nil {
		return nil, err
	}
	if !call.Has("start") {
		return askAt(call, source, until)
	}
	begin, err := call.time("start", now, now)
	if err != nil {
		return nil, err
	}
	var step time.Duration
	if call.Has("step") {
		if step, err = query.ParseStep(call.Text("step")); err != nil {
			return nil, err
		}
	}
	r, err := query.NewRange(begin, until, step, source.ScrapeInterval())
	if err != nil {
		return nil, err
	}
	answer, err := source.Range(call.Context(), call.Text("query"), r, call.itemsOf(defaultItems))
	if err != nil {
		return nil, refusedText(call.Work, source, call.Text("query"), err)
	}
	return rangeAnswer(call, source, answer, r), nil
}

func askAt(call *Call, source *query.Source, at time.Time) (any, error) {
	if call.Has("step") {
		return nil, errors.New("step: the values at one time have none: give a start, too, or leave it out")
	}
	if source.Kind() == query.Tempo {
		return nil, errors.New("a search for traces needs a range of time: give a start, such as now-1h")
	}
	answer, err := source.Instant(call.Context(), call.Text("query"), at)
	if err != nil {
		return nil, refusedText(call.Work, source, call.Text("query"), err)
	}
	return instantAnswer(call, source, answer, at), nil
}

// time reads an argument that is a time.
func (c *Call) time(name string, now, otherwise time.Time) (time.Time, error) {
	if !c.Has(name) {
		return otherwise, nil
	}
	t, err := query.ParseTime(c.Text(name), now)
	if err != nil {
		return t, fmt.Errorf("%s: %w", name, err)
	}
	return t, nil
}
