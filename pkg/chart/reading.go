package chart

import (
	"cmp"
	"image/color"
	"math"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
)

// reading is the one number of a series that a panel shows.
type reading struct {
	series.Series
	query QueryResult // that the series came from
	value float64
	text  string // as the panel shows it: mapped, or with its unit
}

// readings returns those of all series of the panel that have points, in their order.
func (p Panel) readings(budget *work.Budget) []reading {
	var all []reading
	formatter := p.ValueFormatter(budget)
	for _, query := range p.Queries {
		for _, s := range query.Series {
			if value, text, ok := formatter.Format(s); ok {
				all = append(all, reading{s, query, value, text})
			}
		}
	}
	return all
}

// sortReadings puts the greatest first, or with ascending the least. What is no number comes last.
func sortReadings(all []reading, ascending bool) {
	slices.SortStableFunc(all, func(a, b reading) int {
		if math.IsNaN(a.value) || math.IsNaN(b.value) {
			return cmp.Compare(nanLast(a.value), nanLast(b.value))
		}
		if ascending {
			return cmp.Compare(a.value, b.value)
		}
		return cmp.Compare(b.value, a.value)
	})
}

func nanLast(v float64) int {
	if math.IsNaN(v) {
		return 1
	}
	return 0
}

// baseColor returns the colour of values below all thresholds.
func (p *palette) baseColor(t dashboard.Thresholds) color.NRGBA {
	return colorOr(t.Color, p.success)
}

// stepColor returns the colour of a threshold: its own, or that of the theme for its place, or else the base.
func (p *palette) stepColor(t dashboard.Thresholds, index int) color.NRGBA {
	if index < 0 || t.Steps[index].Color == "" && index >= len(p.thresholds) {
		return p.baseColor(t)
	}
	return colorOr(t.Steps[index].Color, p.threshold(index))
}

// contrasting returns white or black, whichever is read better upon a colour, by the contrast of WCAG.
func contrasting(background color.NRGBA) color.NRGBA {
	linear := func(channel uint8) float64 {
		v := float64(channel) / 255
		if v <= 0.03928 {
			return v / 12.92
		}
		return math.Pow((v+0.055)/1.055, 2.4)
	}
	luminance := 0.2126*linear(background.R) + 0.7152*linear(background.G) + 0.0722*linear(background.B)
	if 1.05/(luminance+0.05) > (luminance+0.05)/0.05 {
		return rgb(0xFFFFFF)
	}
	return rgb(0x000000)
}

// cells cuts the canvas into columns for so many things, side by side as in the UI. Where the UI would scroll, since a
// column would be narrower than least, they stand in several rows, none lower than lowest; if there is no room for all
// of them, the last cell says how many are left out, or a line below the only one.
func (c canvas) cells(count int, least, lowest, gap float64) []canvas {
	columns := count
	if c.width < least*float64(count)+gap*float64(count-1) {
		columns = max(int((c.width+gap)/(least+gap)), 1)
	}
	rows := (count + columns - 1) / columns
	if most := max(int((c.height+gap)/(lowest+gap)), 1); rows > most {
		rows = most
	} else {
		columns = (count + rows - 1) / rows // as many in each row
	}
	width := (c.width - gap*float64(columns-1)) / float64(columns)
	height := (c.height - gap*float64(rows-1)) / float64(rows)
	var cells []canvas
	for i := range min(count, rows*columns) {
		cells = append(cells, c.at(float64(i%columns)*(width+gap), float64(i/columns)*(height+gap), width, height))
	}
	note := textStyle{size: smallSize, color: c.colors.secondary}
	switch last := len(cells) - 1; {
	case len(cells) == count:
	case last > 0:
		cells[last].message(more(count-last), note)
		cells = cells[:last]
	default: // the only cell has to share its room with the note
		cells[0].height -= note.lineHeight()
		cells[0].at(0, cells[0].height, width, note.lineHeight()).message(more(count-1), note)
	}
	return cells
}
