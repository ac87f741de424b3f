package tools

import (
	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/dashboard/summary"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// maxSummary is how many bytes a summary has at the most.
const maxSummary = 4 << 10

// dashboardSummary is the answer of perses_summarize_dashboard.
type dashboardSummary struct {
	URL     string `json:"url,omitempty"`
	Version uint64 `json:"version"`
	summary.Summary
}

func summarizeDashboard() Tool {
	return Tool{
		Name: "perses_summarize_dashboard", Title: "Summarize a dashboard",
		Description: "Outline a dashboard in 4 KB: rows, panels (key (title) chart [unit]: queries), variables, datasources.",
		Params:      []Param{required(project), required(ofDashboard)},
		Toolset:     authorToolset,
		Run: func(call *Call) (any, error) {
			r := perses.Ref{Kind: modelv1.KindDashboard, Project: call.Text(project.Name), Name: call.Text(ofDashboard.Name)}
			document, err := call.Get(r)
			if err != nil {
				return nil, call.Explain("get", r, err)
			}
			s := dashboardSummary{URL: call.Page(r), Version: versionOf(document)}
			s.Summary, err = summary.Of(call.Work, mask.Document(document), min(maxSummary, call.Limit)-len(perses.Marshal(s)))
			return s, err
		},
	}
}
