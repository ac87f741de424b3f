package chart

import (
	"image/color"
	"math"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// How a status history is laid out, in pixels.
const (
	statusRow   = 14                     // the least height of a series
	statusNames = 0.3                    // of the width, at the most
	timesHeight = timeMargin + smallSize // of the labels of a time axis
	timesBeyond = 8                      // how far the last of them may reach beyond the chart
	minCellEdge = 4                      // the least width of a cell that has an edge
)

// drawStatus draws a StatusHistoryChart: a row for each series, the first at the bottom, with a cell for each point in
// the colour of its value.
func drawStatus(c canvas, p Panel, o Options) {
	states := statesOf(c.budget, p, c.colors)
	if len(states.order) == 0 {
		c.noData()
		return
	}
	if legend, shown := p.Legend(); shown {
		c = c.withLegend(legend, states.order, nil)
	}
	var rows []statusSeries
	for _, query := range p.Queries {
		for _, s := range query.Series {
			rows = append(rows, statusSeries{s.Name, s.Points, query.Step})
		}
	}
	style := textStyle{size: smallSize, color: c.colors.text, align: right}
	names := 0.0
	for _, row := range rows {
		if names = max(names, c.measured(row.name, style)); names >= c.width*statusNames {
			names = c.width * statusNames
			break
		}
	}
	cells, axis := c.inset(names+valueMargin, 0, timesBeyond, 0).timed()
	if most := max(int(cells.height/statusRow), 1); len(rows) > most {
		hidden := len(rows) - max(most-1, 1)
		rows = rows[:len(rows)-hidden]
		c.restFrom(names+valueMargin, 0, statusRow, hidden)
		cells = cells.inset(0, statusRow, 0, 0)
	}
	if axis {
		plot := plot{canvas: cells, start: p.Start, end: p.End}
		plot.drawTimes(o.Location)
	}
	height := cells.height / float64(len(rows))
	for i, row := range rows {
		y := cells.height - float64(i+1)*height
		cells.at(-names-valueMargin, y, names, height).text(row.name, style)
		cells.at(0, y, cells.width, height).statuses(row, p, states)
	}
}

// timed returns the canvas without the room for a time axis, if that leaves enough, and whether there is one.
func (c canvas) timed() (rest canvas, axis bool) {
	if c.height < 3*timesHeight {
		return c, false
	}
	return c.inset(0, 0, 0, timesHeight), true
}

// statusSeries is a row of a status history.
type statusSeries struct {
	name   string
	points []model.SamplePair
	step   time.Duration
}

// statuses draws a cell for each point: around its time, as wide as a step, but not over the cell of the next point. Of points
// that have the same place the last one is drawn.
func (c canvas) statuses(row statusSeries, p Panel, states states) {
	c = c.clipped()
	span := float64(max(p.End.Sub(p.Start), 1))
	width := max(c.width*float64(row.step)/span, 1)
	if !c.spend(4 * len(row.points)) {
		return
	}
	left := func(i int) float64 {
		return math.Round(c.x+c.width*float64(row.points[i].Timestamp.Time().Sub(p.Start))/span-width/2) - c.x
	}
	edge := 0.0
	if width >= minCellEdge {
		edge = 1
	}
	for i, at := range row.points {
		from := left(i)
		to := from + max(math.Round(width), 1)
		if i+1 < len(row.points) {
			to = min(to, left(i+1))
		}
		if to-from-edge <= 0 || to < 0 || from > c.width {
			continue
		}
		if fill, known := states.colors[keyOf(float64(at.Value))]; known {
			c.fillRect(from, 0, to-from-edge, c.height-1, fill)
		}
	}
}

// states are the values of a status history: the colour of each, and for the legend the order in which they come.
type states struct {
	colors map[uint64]color.NRGBA
	order  []legendItem
}

// keyOf makes a number a key of a map, NaN too.
func keyOf(v float64) uint64 {
	if math.IsNaN(v) {
		v = math.NaN()
	}
	return math.Float64bits(v + 0)
}

// statesOf gives each value of the panel the colour of its mapping, or else the next one of the theme and, when there
// are no more, one of its own (statushistorychart/src/utils).
func statesOf(budget *work.Budget, p Panel, colors *palette) states {
	s := states{colors: map[uint64]color.NRGBA{}}
	mappings := p.Mappings(budget)
	for _, query := range p.Queries {
		for _, one := range query.Series {
			if !budget.Spend(2 * len(one.Points)) {
				return s
			}
			for _, at := range one.Points {
				value := float64(at.Value)
				if _, known := s.colors[keyOf(value)]; known {
					continue
				}
				if !budget.Spend(200) {
					return s
				}
				name, mapped := mappings.Apply(budget, value)
				if name == "" {
					name = unit.Format{}.Text(value)
				}
				fill := nameColor(name)
				if i := len(s.order); i < len(colors.categories) {
					fill = colors.categories[i]
				}
				fill = colorOr(mapped, fill)
				s.colors[keyOf(value)] = fill
				s.order = append(s.order, legendItem{name: name, color: fill})
			}
		}
	}
	return s
}
