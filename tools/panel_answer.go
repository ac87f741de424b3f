package tools

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/query"
)

// panelsAnswer is what panels have come to.
type panelsAnswer struct {
	Dashboard string         `json:"dashboard"` // its title
	Start     string         `json:"start"`
	End       string         `json:"end"`
	Variables []usedVariable `json:"variables,omitempty"`
	Statuses  map[string]int `json:"statuses,omitempty"` // of several panels: how many have which
	Panels    []panelAnswer  `json:"panels"`
	Without   []withoutData  `json:"without_data,omitempty"` // panels that are not among the others
	LeftOut   string         `json:"left_out,omitempty"`
	Notes     []string       `json:"notes,omitempty"`
	URL       string         `json:"url,omitempty"`
}

// usedVariable is a variable as the panels used it.
type usedVariable struct {
	Name    string `json:"name"`
	Value   any    `json:"value,omitempty"` // a text, or a list of texts
	All     bool   `json:"all,omitempty"`   // the value is that of all options
	More    int    `json:"more,omitempty"`  // values that are left out
	Note    string `json:"note,omitempty"`
	Problem string `json:"problem,omitempty"`
}

type panelAnswer struct {
	Key      string            `json:"key"`
	Title    string            `json:"title,omitempty"` // if it is another
	Kind     string            `json:"kind"`
	With     map[string]string `json:"with,omitempty"` // the variables that the panel is repeated for
	Status   panel.Status      `json:"status"`
	Why      string            `json:"why,omitempty"`
	Notes    []string          `json:"notes,omitempty"`
	Series   []seriesAnswer    `json:"series,omitempty"`
	More     int               `json:"more_series,omitempty"`
	Lines    []string          `json:"lines,omitempty"`
	Left     int               `json:"more_lines,omitempty"`
	Text     string            `json:"text,omitempty"`
	Warnings []string          `json:"warnings,omitempty"`
	Queries  []queryAnswer     `json:"queries,omitempty"`
}

// seriesAnswer is a series as a person reads it: the one value that the panel shows, or what a chart lets see.
type seriesAnswer struct {
	Name   string    `json:"name"`
	Value  string    `json:"value,omitempty"`
	Last   string    `json:"last,omitempty"`
	Min    string    `json:"min,omitempty"`
	Max    string    `json:"max,omitempty"`
	Mean   string    `json:"mean,omitempty"`
	Points []*number `json:"points,omitempty"` // which, says its query
}

type queryAnswer struct {
	Datasource string `json:"datasource,omitempty"`
	Query      string `json:"query,omitempty"`
	Step       string `json:"step,omitempty"`
	Points     string `json:"points,omitempty"` // which of them the series have
	Problem    string `json:"problem,omitempty"`
}

// panelDetail is how much an answer says of a panel.
type panelDetail struct {
	series, points, lines, text int // at the most; points for each series
	queries                     bool
}

// The details to be tried, until an answer fits: of a panel alone, of one beside its picture, and of one among others.
var (
	detailsAlone = []panelDetail{{50, 24, 50, 4000, true}, {20, 12, 20, 2000, true}, {10, 0, 10, 1000, true}, {3, 0, 3, 300, true}, {1, 0, 1, 100, false}, {}}
	// Beside the picture of one there is no need of points.
	detailsBeside = []panelDetail{{20, 0, 20, 2000, true}, {6, 0, 6, 500, false}, {1, 0, 1, 100, false}, {}}
	detailsOfAll  = []panelDetail{{6, 0, 3, 400, false}, {3, 0, 1, 200, false}, {1, 0, 1, 100, false}, {}}
)

// fitPanels returns an answer with as much detail as there is room for. When there is none even without any, panels are
// left out.
func fitPanels(call *Call, d dashboard.Dashboard, result panel.Result, details []panelDetail) json.RawMessage {
	a := panelsAnswer{
		Dashboard: query.Clip(d.Title, 200), Start: query.FormatTime(result.Start), End: query.FormatTime(result.End), Notes: result.Notes, URL: pageOfRun(call, d, result),
		Variables: usedVariables(result.Variables),
	}
	if len(result.Panels) > 1 {
		a.Statuses = map[string]int{}
		for _, p := range result.Panels {
			a.Statuses[string(p.Status)]++
		}
	}
	// Masks are put in at last, and may be longer than what they hide.
	shown := func() json.RawMessage { return mask.Document(perses.Marshal(a)) }
	reader := panelReader{several: len(result.Panels) > 1, budget: call.Work}
	var all []panelAnswer
	for _, reader.panelDetail = range details {
		all = make([]panelAnswer, len(result.Panels))
		for i, p := range result.Panels {
			all[i] = reader.read(p)
		}
		a.Panels, a.Without = gathered(all, maxAlike)
		if answer := shown(); len(answer) <= call.Limit {
			return answer
		}
	}
	a.URL = ""
	for i, note := range a.Notes {
		a.Notes[i] = query.Clip(note, maxNote)
	}
	for _, most := range []int{maxAlike, 20, 3} {
		a.Panels, a.Without = gathered(all, most)
		if answer := shown(); len(answer) <= call.Limit {
			return answer
		}
	}
	for single := len(a.Panels); len(a.Panels) > 0; {
		a.Panels = a.Panels[:len(a.Panels)*3/4]
		a.LeftOut = fmt.Sprintf("%d of %d panels: run them one by one, by key or title", single-len(a.Panels), len(result.Panels))
		if answer := shown(); len(answer) <= call.Limit {
			return answer
		}
	}
	a.Without, a.Variables, a.Notes = nil, nil, []string{"there is no room for more in one answer: give fewer or shorter values to variables"}
	return shown()
}

// maxNote is how many bytes of a note are shown.
const maxNote = 300

// usedVariables returns variables with some of their values.
func usedVariables(variables []panel.Variable) []usedVariable {
	const most = 10
	var used []usedVariable
	for _, v := range variables {
		u := usedVariable{Name: v.Name, All: v.All, Note: query.Clip(v.Note, maxNote), Problem: query.Clip(v.Problem(), maxNote)}
		switch {
		case v.IsList:
			shown := slices.Clone(v.Values[:min(len(v.Values), most)])
			for i := range shown {
				shown[i] = clip(shown[i])
			}
			u.Value, u.More = shown, len(v.Values)-len(shown)
		case len(v.Values) > 0:
			u.Value = clip(v.Values[0])
		}
		used = append(used, u)
	}
	return used
}
