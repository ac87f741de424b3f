package tools

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/perses"
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
			{Name: "limit", Type: Count, Doc: "most series or lines, default 20"},
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

// mostLinked is the longest query in bytes of which there is a link: it stands in there once more, and escaped.
const mostLinked = 1000

// usualItems is how many series or lines are answered with when nobody says how many.
const usualItems = 20

// itemsOf returns how many series, lines or metrics are wanted.
func (c *Call) itemsOf(usual int) int {
	if n := c.Count("limit"); n > 0 {
		return int(min(n, 100_000))
	}
	return usual
}

func askOne(call *Call, source *query.Source) (any, error) {
	now := time.Now()
	at, err := call.time("end", now, now)
	if err != nil {
		return nil, err
	}
	text := call.Text("query")
	if !call.Has("start") {
		if call.Has("step") {
			return nil, fmt.Errorf("step: the values at one time have none: give a start, too, or leave it out")
		}
		if source.Kind() != query.Tempo {
			answer, err := source.Instant(call.Context(), text, at)
			if err != nil {
				return nil, refusedText(source, text, err)
			}
			return instantAnswer(call, source, answer, at), nil
		}
		return nil, fmt.Errorf("a search for traces needs a range of time: give a start, such as now-1h")
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
	r, err := query.NewRange(begin, at, step, source.ScrapeInterval())
	if err != nil {
		return nil, err
	}
	answer, err := source.Range(call.Context(), text, r, call.itemsOf(usualItems))
	if err != nil {
		return nil, refusedText(source, text, err)
	}
	return rangeAnswer(call, source, answer, r), nil
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

// dataAnswer is what a query came to.
type dataAnswer struct {
	Datasource string            `json:"datasource"`
	Time       string            `json:"time,omitempty"`
	Start      string            `json:"start,omitempty"`
	End        string            `json:"end,omitempty"`
	Step       string            `json:"step,omitempty"`
	Points     string            `json:"points,omitempty"` // which of them the items have
	Common     map[string]string `json:"common_labels,omitempty"`
	Items      []dataItem        `json:"items"`
	Total      int               `json:"total"`
	LeftOut    string            `json:"left_out,omitempty"`
	Note       string            `json:"note,omitempty"`
	Why        string            `json:"why_empty,omitempty"`
	Warnings   []string          `json:"warnings,omitempty"`
	URL        string            `json:"url,omitempty"`
	lines      bool              // the items are lines of a log, or traces
}

// dataItem is a series, a line of a log or a trace.
type dataItem struct {
	Labels map[string]string `json:"labels,omitempty"`
	// Of a series at one time. An instant histogram has no value, but what it is made of.
	Value     *number    `json:"value,omitempty"`
	Histogram *histogram `json:"histogram,omitempty"`
	// Of a series over a range; without them it has no numbers there.
	Last   *number   `json:"last,omitempty"`
	LastAt string    `json:"last_at,omitempty"` // if the series ends before the range does
	Min    *number   `json:"min,omitempty"`
	Max    *number   `json:"max,omitempty"`
	Mean   *number   `json:"mean,omitempty"`
	NaN    int       `json:"nan,omitempty"` // points that are not numbers, which the figures leave out
	Points []*number `json:"points,omitempty"`
	// Of a line, or of a trace.
	Time     string `json:"time,omitempty"`
	Line     string `json:"line,omitempty"`
	Trace    string `json:"trace,omitempty"`
	Name     string `json:"name,omitempty"`
	Service  string `json:"service,omitempty"`
	Duration string `json:"duration,omitempty"`
}

func instantAnswer(call *Call, source *query.Source, answer query.Answer, at time.Time) json.RawMessage {
	a := dataAnswer{Time: query.FormatTime(at)}
	all := slices.Clone(answer.Series)
	slices.SortStableFunc(all, func(x, y oneSeries) int { return descending(lastOf(x), lastOf(y)) })
	for _, s := range all {
		item := dataItem{Labels: labelsOf(s.Labels)}
		if n := len(s.Points); n > 1 && a.Note == "" {
			a.Note = fmt.Sprintf("the query is of a range of samples, of which only the last of each series is here, of %d: give start and leave the range out", n)
		}
		if len(s.Histograms) > 0 {
			item.Histogram = histogramOf(s.Histograms[len(s.Histograms)-1].Histogram)
		} else if len(s.Points) > 0 {
			item.Value = precisely(lastOf(s))
		}
		a.Items = append(a.Items, item)
	}
	return a.finished(call, source, answer, at, at)
}

func rangeAnswer(call *Call, source *query.Source, answer query.Answer, r query.Range) json.RawMessage {
	a := dataAnswer{Start: query.FormatTime(r.Start), End: query.FormatTime(r.End)}
	if len(answer.Series) > 0 {
		a.Step = query.FormatDuration(r.Step)
		a.Items, a.Points = summaries(answer.Series, r, min(len(answer.Series), call.itemsOf(usualItems)))
		if slices.ContainsFunc(a.Items, func(it dataItem) bool { return it.Histogram != nil }) {
			a.Note = "of a native histogram last, min, max, mean and points are its sum, and histogram is the last one: histogram_quantile or histogram_avg make numbers of it"
		}
	}
	return a.finished(call, source, answer, r.Start, r.End)
}

// finished adds to an answer what all of them have, and leaves out of it what does not fit.
func (a dataAnswer) finished(call *Call, source *query.Source, answer query.Answer, start, end time.Time) json.RawMessage {
	a.lines = len(answer.Logs)+len(answer.Traces) > 0
	a.Datasource = source.Name()
	for _, w := range answer.Warnings {
		a.Warnings = append(a.Warnings, clip(w))
	}
	for _, l := range answer.Logs {
		a.Items = append(a.Items, dataItem{Time: query.FormatTime(l.Time), Labels: clipped(l.Labels), Line: query.Clip(l.Line, mostLine)})
	}
	for _, t := range answer.Traces {
		a.Items = append(a.Items, dataItem{Time: query.FormatTime(t.Start), Trace: t.ID, Service: t.Service, Name: t.Name, Duration: t.Duration.String()})
	}
	a.Total = len(answer.Series) + len(answer.Logs) + len(answer.Traces)
	if a.Total == 0 {
		a.Items = []dataItem{}
		a.Why = strings.TrimSpace(source.WhyEmpty(call.Context(), call.Text("query"), start, end) + " " + dashboardVariables(call.Text("query")))
	}
	if found := len(answer.Logs) + len(answer.Traces); found > 0 && found >= call.itemsOf(usualItems) {
		a.Note = "there may be more than limit: raise it, or take a shorter range"
	}
	if call.Has("project") && len(call.Text("query")) <= mostLinked {
		a.URL = call.Explore(call.Text("project"), source.Kind(), source.Name(), call.Text("query"), start, end)
	}
	a.Items = a.Items[:min(len(a.Items), call.itemsOf(usualItems))]
	a.factorOut()
	return a.fit(call.Limit)
}

// factorOut puts the labels that all items share into one place.
func (a *dataAnswer) factorOut() {
	if len(a.Items) < 2 {
		return
	}
	common := map[string]string{}
	for name, value := range a.Items[0].Labels {
		if !slices.ContainsFunc(a.Items, func(it dataItem) bool { v, ok := it.Labels[name]; return !ok || v != value }) {
			common[name] = value
		}
	}
	for _, it := range a.Items {
		for name := range common {
			delete(it.Labels, name)
		}
	}
	a.Common = common
}

// fit takes the link, then points, and then items out of the answer until it has at most so many bytes, and says what it
// left out.
func (a *dataAnswer) fit(most int) json.RawMessage {
	// Masks are put in at last, and may be longer than what they hide.
	encoded := func() json.RawMessage { return perses.Show(perses.Marshal(a)) }
	a.sayLeftOut("raise limit, or ")
	if len(encoded()) > most {
		a.URL = ""
	}
	if len(encoded()) > most {
		for i := range a.Items {
			a.Items[i].Points = nil
		}
		a.Points = ""
	}
	for len(a.Items) > 0 && len(encoded()) > most {
		a.Items = a.Items[:len(a.Items)*3/4]
		a.sayLeftOut("there is no room for more in one answer: ") // and raising limit makes none
	}
	return encoded()
}

// sayLeftOut says how many items are missing, and how to see them.
func (a *dataAnswer) sayLeftOut(advice string) {
	left := a.Total - len(a.Items)
	switch {
	case left == 0:
	case a.lines:
		a.LeftOut = fmt.Sprintf("%d more: %stake a shorter range or a narrower query", left, advice)
	default:
		a.LeftOut = fmt.Sprintf("%d more series: %saggregate (sum by, topk)", left, advice)
	}
}

// descending orders values, NaN last.
func descending(a, b float64) int {
	switch {
	case a == b:
		return 0
	case a != a:
		return 1
	case b != b:
		return -1
	}
	return cmp.Compare(b, a)
}
