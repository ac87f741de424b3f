package chart

import (
	"errors"
	"fmt"
	"image"
	"math"

	"github.com/perses/mcp-server/pkg/work"
)

// drawer draws the content of a panel of one kind: what stands below its title, less the padding around it.
type drawer func(c canvas, p Panel, o Options)

// drawers has an entry for each kind in dashboard.PanelKinds: nil if there are no pictures of it.
var drawers = map[string]drawer{
	"BarChart":           drawBar,
	"FlameChart":         nil,
	"GaugeChart":         drawGauge,
	"HeatMapChart":       drawHeatmap,
	"HistogramChart":     drawHistogram,
	"LogsTable":          drawLogs,
	"Markdown":           drawMarkdown,
	"PieChart":           drawPie,
	"ScatterChart":       nil,
	"StatChart":          drawStat,
	"StatusHistoryChart": drawStatus,
	"Table":              drawTable,
	"TimeSeriesChart":    drawTimeSeries,
	"TimeSeriesTable":    drawSeriesTable,
	"TraceTable":         nil,
	"TracingGanttChart":  nil,
}

// The measures of panels, in pixels: dashboards/src/components/Panel of perses/shared, and MUI's card.
const (
	cornerRadius   = 4
	headerHeight   = 34
	headerPadding  = 8
	contentPadding = 12
)

// maxPixels is how many a picture has at the most: what a model can look at is far less.
const maxPixels = 8_000_000

// Draw returns a panel as a PNG, as the UI shows it: on a card, below its title. A panel with a Problem shows that,
// and one of a kind that has no pictures says so. It fails when the size is not above 0 or beyond eight million
// pixels.
//
// It fails, too, if the budget ends before the panel is drawn.
func Draw(budget *work.Budget, p Panel, o Options) ([]byte, error) {
	if err := checkSize(o.Width, o.Height); err != nil {
		return nil, err
	}
	pixels := image.NewRGBA(image.Rect(0, 0, o.Width, o.Height))
	c := newCanvas(budget, pixels, o.Theme.palette())
	c.record = o.record
	drawPanel(c, p, o)
	if err := budget.Err(); err != nil {
		return nil, fmt.Errorf("panel %q cannot be drawn: %w: draw fewer series or a shorter range", p.Key, err)
	}
	return encode(budget, pixels)
}

func checkSize(width, height int) error {
	if width < 1 || height < 1 {
		return errors.New("a picture needs a width and a height above 0 pixels")
	}
	if float64(width)*float64(height) > maxPixels {
		return fmt.Errorf("a picture of %d x %d pixels is too large: give a width and a height whose product is at most %d",
			width, height, maxPixels)
	}
	return nil
}

// drawPanel draws a panel on a card that is the whole canvas.
func drawPanel(c canvas, p Panel, o Options) {
	c.fill(c.colors.background)
	c.roundRect(cornerRadius, c.colors.divider)
	card := c.inset(1, 1, 1, 1)
	card.roundRect(cornerRadius-1, c.colors.background)
	content := card
	if p.Title != "" && card.height > headerHeight+bodySize {
		card.at(headerPadding, 0, card.width-2*headerPadding, headerHeight).text(p.Title, textStyle{size: titleSize, color: c.colors.text})
		card.fillRect(0, headerHeight, card.width, 1, c.colors.divider)
		content = card.inset(0, headerHeight+1, 0, 0)
	}
	p.Panel = p.WithSpec(p.Spec)
	padding := math.Min(contentPadding, min(content.width, content.height)/8)
	padded := content.inset(padding, padding, padding, padding)
	draw := drawers[p.Kind]
	switch {
	case p.Problem != "":
		content.alert(p.Problem)
	case draw == nil:
		padded.message("There is no picture of panels of the kind "+p.Kind+".", textStyle{size: bodySize, color: c.colors.secondary})
	default:
		draw(padded, p, o)
	}
	if c.budget == nil {
		return
	}
	if err := c.budget.Err(); err != nil { // an unfinished chart would look like a complete one
		p.Problem = "Not drawn: " + err.Error() + "."
		c.surface = newSurface(nil, c.image, c.record)
		drawPanel(c, p, o)
	}
}

// alert shows what went wrong, as an alert of MUI does: from the top, in the colours of an error.
func (c canvas) alert(text string) {
	const edge, side = 8, 12
	style := textStyle{size: bodySize, color: c.colors.alertText}
	inner := c.inset(side, edge, side, edge)
	height := float64(len(style.wrap(text, inner.width, int(inner.height/style.lineHeight())))) * style.lineHeight()
	c.at(0, 0, c.width, height+2*edge).fill(c.colors.alert)
	inner.paragraph(text, style)
}

// noData says, as the UI does, that there is nothing to draw.
func (c canvas) noData() {
	c.message("No data", textStyle{size: titleSize, color: c.colors.text})
}
