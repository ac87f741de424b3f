package tools

import (
	"maps"
	"slices"
	"strings"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/chart"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

// masked returns a panel in whose picture nothing is shown that the text beside it masks. Once the budget is spent only the title
// is drawn, and why the rest is not.
func masked(budget *work.Budget, p chart.Panel) chart.Panel {
	p.Title, p.Problem = mask.Text(p.Title), mask.Text(p.Problem)
	if !budget.Spend(2*len(p.Spec) + 10*len(p.Text)) {
		return p
	}
	p.Text = mask.Text(p.Text)
	p.Panel = p.WithSpec(mask.Document(p.Spec))
	p.Lines = slices.Clone(p.Lines)
	for i, line := range p.Lines {
		p.Lines[i] = mask.Text(line)
	}
	p.Queries = slices.Clone(p.Queries)
	for i, query := range p.Queries {
		p.Queries[i].Series = slices.Clone(query.Series)
		for j, s := range query.Series {
			p.Queries[i].Series[j] = maskedSeries(budget, s)
		}
	}
	return p
}

func maskedSeries(budget *work.Budget, s series.Series) series.Series {
	// Most texts have no URL, and to find that out takes little.
	mask := func(text string) string {
		if budget.Spend(2+len(text)/16) && strings.Contains(text, "://") && budget.Spend(10*len(text)) {
			return mask.Text(text)
		}
		return text
	}
	s.Name = mask(s.Name)
	own := false // other panels may share the labels
	for name, value := range s.Labels {
		if shown := mask(string(value)); shown != string(value) {
			if !own {
				s.Labels, own = maps.Clone(s.Labels), true
			}
			s.Labels[name] = model.LabelValue(shown)
		}
	}
	return s
}
