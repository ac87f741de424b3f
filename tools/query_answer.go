package tools

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/query"
)

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
	lines      bool              // the items are entries
}

// dataItem is a series or an entry.
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
	// Of an entry, whose fields follow in JSON.
	Time   string `json:"time,omitempty"`
	fields []query.Field
}

// MarshalJSON encodes the item with the fields of its entry.
func (it dataItem) MarshalJSON() ([]byte, error) {
	type plain dataItem
	encoded := perses.Marshal(plain(it))
	for _, f := range it.fields {
		if f.Value != "" {
			field := perses.Marshal(map[string]string{f.Name: query.Clip(f.Value, maxLine)})
			encoded = append(append(encoded[:len(encoded)-1], ','), field[1:]...)
		}
	}
	return encoded, nil
}

func instantAnswer(call *Call, source *query.Source, answer query.Answer, at time.Time) json.RawMessage {
	a := dataAnswer{Time: query.FormatTime(at)}
	all := slices.Clone(answer.Series)
	slices.SortStableFunc(all, func(x, y oneSeries) int { return descending(lastOf(x), lastOf(y)) })
	if i := slices.IndexFunc(all, func(s oneSeries) bool { return len(s.Points) > 1 }); i >= 0 {
		a.Note = fmt.Sprintf("the query is of a range of samples, of which only the last of each series is here, of %d: give start and leave the range out", len(all[i].Points))
	}
	for _, s := range all[:min(len(all), call.itemsOf(defaultItems))] {
		item := dataItem{Labels: labelsOf(s.Labels)}
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
		a.Items, a.Points = summaries(answer.Series, r, min(len(answer.Series), call.itemsOf(defaultItems)))
		if slices.ContainsFunc(a.Items, func(it dataItem) bool { return it.Histogram != nil }) {
			a.Note = "of a native histogram last, min, max, mean and points are its sum, and histogram is the last one: histogram_quantile or histogram_avg make numbers of it"
		}
	}
	return a.finished(call, source, answer, r.Start, r.End)
}

// finished adds to an answer what all of them have, and leaves out of it what does not fit.
func (a dataAnswer) finished(call *Call, source *query.Source, answer query.Answer, start, end time.Time) json.RawMessage {
	a.lines = len(answer.Entries) > 0
	a.Datasource = source.Name()
	for _, w := range answer.Warnings {
		a.Warnings = append(a.Warnings, clip(w))
	}
	for _, e := range answer.Entries[:min(len(answer.Entries), call.itemsOf(defaultItems))] {
		a.Items = append(a.Items, dataItem{Time: query.FormatTime(e.Time), Labels: clipped(e.Labels), fields: e.Fields})
	}
	a.Total = len(answer.Series) + len(answer.Entries)
	if a.Total == 0 {
		a.Items = []dataItem{}
		a.Why = strings.TrimSpace(source.WhyEmpty(call.Context(), call.Text("query"), start, end).String() + " " + dashboardVariables(call.Text("query")))
	}
	if found := len(answer.Entries); found > 0 && found >= call.itemsOf(defaultItems) {
		a.Note = "there may be more than limit: raise it, or take a shorter range"
	}
	if call.Has("project") && len(call.Text("query")) <= maxLinked {
		a.URL = call.Explore(call.Text("project"), source.Kind(), source.Name(), call.Text("query"), start, end)
	}
	a.Items = a.Items[:min(len(a.Items), call.itemsOf(defaultItems))]
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
	encoded := func() json.RawMessage { return mask.Document(perses.Marshal(a)) }
	a.sayLeftOut("raise limit, or ")
	if kept := firstItems(a.Items, most); len(kept) < len(a.Items) {
		a.Items = kept
		a.sayLeftOut(noRoom)
	}
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
		a.sayLeftOut(noRoom) // and raising limit makes none
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
