package tools

import (
	"encoding/json"
	"errors"
	"fmt"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard/lint"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

func checkDashboard() Tool {
	return Tool{
		Name: "perses_check_dashboard", Title: "Check a dashboard",
		Description: "Find what is wrong with a dashboard, or with a document before it is saved: what Perses refuses, queries, metrics and labels, variables, datasources, layout, units, panels without data. " +
			"The edit of a finding mends it with perses_edit_dashboard, all of them in one call.",
		Toolset: authorToolset,
		Params:  []Param{required(project), ofDashboard, {Name: "document", Type: Document, Doc: "a whole dashboard, instead"}},
		Run: func(call *Call) (any, error) {
			r := perses.Ref{Kind: modelv1.KindDashboard, Project: call.Text(project.Name), Name: call.Text(ofDashboard.Name)}
			saved := call.Has(ofDashboard.Name)
			if saved == call.Has("document") {
				return nil, errors.New("give either dashboard, the name of one, or document, a whole one")
			}
			read := call.unsaved
			if saved {
				read = call.saved
			}
			document, err := read(r)
			if err != nil {
				return nil, err
			}
			found, err := call.check(r.Project, document, saved)
			if err != nil {
				return nil, err
			}
			a := found.answer(call)
			if saved {
				a.URL = call.Page(r)
			}
			return a.fit(call.Limit), nil
		},
	}
}

// saved returns the document that the arguments name.
func (c *Call) saved(r perses.Ref) (json.RawMessage, error) {
	document, err := c.Get(r)
	return document, c.Explain("get", r, err)
}

// unsaved returns the document of the arguments, of a project that exists.
func (c *Call) unsaved(r perses.Ref) (json.RawMessage, error) {
	document, err := complete(c.Document("document"), r.Kind, r.Project)
	if err != nil {
		return nil, fmt.Errorf("document: %w", err)
	}
	project := perses.Ref{Kind: modelv1.KindProject, Name: r.Project}
	_, err = c.Get(project)
	return document, c.Explain("get", project, err)
}

// checkAnswer is what a check has found, as much of it as fits.
type checkAnswer struct {
	OK       bool                  `json:"ok"` // there is no error, all was checked, and every datasource answered
	Counts   map[lint.Severity]int `json:"counts,omitempty"`
	Findings []lint.Finding        `json:"findings,omitempty"`
	LeftOut  string                `json:"left_out,omitempty"`
	Panels   map[string]int        `json:"panels,omitempty"` // how many have data, are empty or have failed
	Notes    []string              `json:"notes,omitempty"`
	URL      string                `json:"url,omitempty"`
}

// answer returns the findings as an answer has them, the worst first.
func (f *findings) answer(call *Call) checkAnswer {
	sorted := f.Sorted(call.Work)
	counts := map[lint.Severity]int{}
	for _, found := range sorted {
		counts[found.Severity]++
	}
	return checkAnswer{OK: counts[lint.Error] == 0 && len(f.Unchecked()) == 0 && !f.late, Counts: counts, Findings: sorted, Panels: f.panels, Notes: f.allNotes()}
}

// fit leaves out the least of the findings until the answer has at most so many bytes, and says how many.
func (a checkAnswer) fit(most int) json.RawMessage {
	all := a.Findings
	for {
		// Masks are put in at last, and may be longer than what they hide.
		if size := sizeOf(a.Findings); size <= most || len(a.Findings) == 0 {
			answer := mask.Document(perses.Marshal(a))
			if len(answer) <= most || len(a.Findings) == 0 {
				return answer
			}
		}
		a.Findings = all[:len(a.Findings)*9/10]
		a.LeftOut = fmt.Sprintf("%d of %d findings, the least of them: mend these, then check again", len(all)-len(a.Findings), len(all))
	}
}

// sizeOf returns how many bytes findings have in an answer, at the least.
func sizeOf(findings []lint.Finding) int {
	size := 0
	for _, f := range findings {
		size += len(f.Where) + len(f.What) + len(f.Edit)
	}
	return size
}
