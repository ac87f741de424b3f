package chart

import "github.com/perses/mcp-server/pkg/unit"

// drawSeriesTable draws a TimeSeriesTable: each series and its value, the last one with its time if there are several
// (timeseriestable/src/components/DataTable.tsx, which lists them all).
func drawSeriesTable(c canvas, p Panel, _ Options) {
	g := grid{tableLayout: tableLayouts["standard"], columns: []tableColumn{{}, {}}}
	count := 0
	for _, query := range p.Queries {
		count += len(query.Series)
	}
	if count == 0 {
		c.noData()
		return
	}
	if c.height < 4*g.row {
		g.tableLayout = tableLayouts["compact"]
	}
	at, format := unit.Format{Unit: "datetime-iso"}, p.Format()
	most := g.most(c, count)
	for _, query := range p.Queries {
		for _, s := range query.Series {
			if len(g.rows) == most {
				break
			}
			name, value := s.Name, ""
			if s.Labels != nil && c.spend(50*len(s.Labels)) {
				name = s.Labels.String()
			}
			if len(s.Points) > 0 {
				last := s.Points[len(s.Points)-1]
				value = format.Text(float64(last.Value))
				if len(s.Points) > 1 {
					value += " @ " + at.Text(float64(last.Timestamp))
				}
			}
			g.rows = append(g.rows, []tableCell{{text: name, color: c.colors.text}, {text: value, color: c.colors.text}})
		}
	}
	g.hidden = count - len(g.rows)
	c.table(g)
}
