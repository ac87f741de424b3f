package tools

import (
	"errors"
	"fmt"

	"github.com/perses/mcp-server/pkg/chart"
	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/panel"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/work"
)

var (
	width  = Param{Name: "width", Type: Count, Doc: "pixels"}
	height = Param{Name: "height", Type: Count, Doc: "pixels"}
	theme  = Param{Name: "theme", Enum: []string{string(chart.Light), string(chart.Dark)}}
)

// The sizes of pictures, in pixels.
const (
	defaultWidth  = 900
	defaultHeight = 420
	minSize       = 100
	maxSize       = 3000
)

// maxPictureText is the maximum size in bytes of the text that accompanies a picture.
const maxPictureText = 8000

// maxConcurrentPictures is the maximum number of pictures that are drawn concurrently. Each takes a processor and up to 32 MB.
const maxConcurrentPictures = 2

// drawLimiter limits the number of pictures that are drawn concurrently.
type drawLimiter chan struct{}

// draw draws a picture as soon as the limit allows it, unless the call ends first.
func (l drawLimiter) draw(call *Call, picture func() ([]byte, error)) ([]byte, error) {
	select {
	case l <- struct{}{}:
		defer func() { <-l }()
		png, err := picture()
		if errors.Is(err, work.ErrExhausted) {
			err = fmt.Errorf("%w. perses_run_panel has the values", err)
		}
		return png, err
	case <-call.Context().Done():
		return nil, errors.New("too many pictures are drawn at once: try again")
	}
}

// renderTools returns the tools that answer with a picture.
func renderTools() []Tool {
	limiter := make(drawLimiter, maxConcurrentPictures)
	return []Tool{renderPanel(limiter), renderDashboard(limiter)}
}

func renderPanel(limiter drawLimiter) Tool {
	return Tool{
		Name: "perses_render_panel", Title: "Show a panel",
		Description: "Draw a panel of a dashboard as a picture for the person, with its figures in text.",
		Toolset:     queryToolset,
		Params:      []Param{required(project), required(ofDashboard), required(onePanel), setting, start, end, width, height, theme},
		Run: func(call *Call) (any, error) {
			o, err := call.picture(defaultWidth, defaultHeight)
			if err != nil {
				return nil, err
			}
			d, result, err := call.run(panel.Options{Width: o.Width})
			if err != nil {
				return nil, err
			}
			o.Location = d.Location
			png, err := limiter.draw(call, func() ([]byte, error) { return chart.Draw(call.Work, call.chartOf(result.Panels[0], result), o) })
			if err != nil {
				return nil, err
			}
			return call.beside(png, d, result, detailsBeside), nil
		},
	}
}

func renderDashboard(limiter drawLimiter) Tool {
	return Tool{
		Name: "perses_render_dashboard", Title: "Show a dashboard",
		Description: "Draw a whole dashboard as one picture for the person, with its figures in text. Collapsed rows are left out.",
		Toolset:     queryToolset,
		Params:      []Param{required(project), required(ofDashboard), setting, start, end, width, theme},
		Run: func(call *Call) (any, error) {
			o, err := call.picture(0, 0)
			if err != nil {
				return nil, err
			}
			d, result, err := call.run(panel.Options{Width: o.Width, Shown: true})
			if err != nil {
				return nil, err
			}
			o.Location = d.Location
			png, err := limiter.draw(call, func() ([]byte, error) {
				return chart.DrawDashboard(call.Work, mask.Text(d.Title), call.rowsOf(result), o)
			})
			if err != nil {
				return nil, err
			}
			return call.beside(png, d, result, detailsOfAll), nil
		},
	}
}

// picture reads how a picture is to be drawn.
func (c *Call) picture(wide, high int) (chart.Options, error) {
	o := chart.Options{Width: wide, Height: high, Theme: chart.Theme(c.Text(theme.Name))}
	for _, side := range []struct {
		Param
		size *int
	}{{width, &o.Width}, {height, &o.Height}} {
		if !c.Has(side.Name) {
			continue
		}
		if n := c.Count(side.Name); n < minSize || n > maxSize {
			return o, fmt.Errorf("%s: want %d to %d pixels, got %d", side.Name, minSize, maxSize, n)
		}
		*side.size = int(c.Count(side.Name))
	}
	return o, nil
}

// beside puts the figures of a run beside its picture.
func (c *Call) beside(png []byte, d dashboard.Dashboard, result panel.Result, details []panelDetail) Picture {
	brief := *c
	brief.Limit = min(c.Limit, maxPictureText)
	return Picture{PNG: png, Text: fitPanels(&brief, d, result, details)}
}

// maxLines is how many lines of a query are drawn at the most: more than a picture has room for.
const maxLines = 1000

// chartOf is a panel as it is drawn.
func (c *Call) chartOf(p *panel.Panel, of panel.Result) chart.Panel {
	drawn := chart.Panel{Panel: p.Panel, Start: of.Start, End: of.End, Text: p.Text}
	if p.Status == panel.Failed {
		drawn.Problem = p.Why
	}
	for _, q := range p.Queries {
		drawn.Queries = append(drawn.Queries, chart.QueryResult{Step: q.Range.Step, Series: q.Series})
		drawn.Lines = append(drawn.Lines, linesOf(q.Answer, maxLines)...)
	}
	return masked(c.Work, drawn)
}

// rowsOf is the page as it is drawn.
func (c *Call) rowsOf(of panel.Result) []chart.Row {
	var rows []chart.Row
	for _, row := range of.Rows {
		if row.Collapsed {
			continue
		}
		drawn := chart.Row{Title: mask.Text(row.Title)}
		for _, it := range row.Items {
			item := chart.Item{Place: it.Place}
			if it.Panel != nil {
				item.Panel = c.chartOf(it.Panel, of)
			} else {
				item.Panel.Problem = "This place on the page refers to a panel that does not exist."
			}
			drawn.Items = append(drawn.Items, item)
		}
		rows = append(rows, drawn)
	}
	return rows
}
