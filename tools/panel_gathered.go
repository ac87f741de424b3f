package tools

import (
	"fmt"

	"github.com/perses/mcp-server/pkg/panel"
)

// withoutData is why several panels show nothing.
type withoutData struct {
	Status panel.Status `json:"status"`
	Why    string       `json:"why"`
	Panels []string     `json:"panels"` // key (title)
}

const (
	// fewAlike is from how many panels on a reason that they have in common is said once. A dashboard that asks the wrong
	// datasource has a hundred of them.
	fewAlike = 4
	// maxAlike is how many of them are named, if there is room.
	maxAlike = 150
)

// gathered takes those panels out of all that show nothing for a reason which several have, and of which there is nothing
// else to say. Most of them at the most are named.
func gathered(all []panelAnswer, most int) (others []panelAnswer, alike []withoutData) {
	type reason struct {
		status panel.Status
		why    string
	}
	of := func(p panelAnswer) (r reason, ok bool) {
		bare := p.With == nil && p.Notes == nil && p.Series == nil && p.Lines == nil && p.Warnings == nil && p.Queries == nil
		return reason{p.Status, p.Why}, bare && p.Status != panel.Data && p.Why != ""
	}
	count := map[reason]int{}
	for _, p := range all {
		if r, ok := of(p); ok {
			count[r]++
		}
	}
	others = []panelAnswer{}
	at := map[reason]int{}
	for _, p := range all {
		r, ok := of(p)
		if !ok || count[r] < fewAlike {
			others = append(others, p)
			continue
		}
		i, met := at[r]
		if !met {
			i = len(alike)
			at[r], alike = i, append(alike, withoutData{Status: r.status, Why: r.why})
		}
		if len(alike[i].Panels) < most {
			alike[i].Panels = append(alike[i].Panels, p.called())
		}
	}
	for i := range alike {
		if more := count[reason{alike[i].Status, alike[i].Why}] - len(alike[i].Panels); more > 0 {
			alike[i].Panels = append(alike[i].Panels, fmt.Sprintf("and %d more", more))
		}
	}
	return others, alike
}

// called names a panel by its key and, if it has one, its title.
func (p panelAnswer) called() string {
	if p.Title == "" {
		return p.Key
	}
	return p.Key + " (" + clip(p.Title) + ")"
}
