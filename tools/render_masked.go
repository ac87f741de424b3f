package tools

import (
	"maps"
	"slices"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/chart"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/series"
)

// masked returns a panel in whose picture nothing is shown that the text beside it masks.
func masked(p chart.Panel) chart.Panel {
	p.Title, p.Text, p.Problem = perses.MaskText(p.Title), perses.MaskText(p.Text), perses.MaskText(p.Problem)
	p.Spec = perses.Show(p.Spec)
	p.Lines = slices.Clone(p.Lines)
	for i, line := range p.Lines {
		p.Lines[i] = perses.MaskText(line)
	}
	p.Queries = slices.Clone(p.Queries)
	for i, query := range p.Queries {
		p.Queries[i].Series = slices.Clone(query.Series)
		for j, s := range query.Series {
			p.Queries[i].Series[j] = maskedSeries(s)
		}
	}
	return p
}

func maskedSeries(s series.Series) series.Series {
	s.Name = perses.MaskText(s.Name)
	own := false // other panels may share the labels
	for name, value := range s.Labels {
		if shown := perses.MaskText(string(value)); shown != string(value) {
			if !own {
				s.Labels, own = maps.Clone(s.Labels), true
			}
			s.Labels[name] = model.LabelValue(shown)
		}
	}
	return s
}
