// Package chart draws the data of panels as PNG pictures, in the look of Perses' UI.
package chart

import (
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
)

// Panel is a panel with what there is to draw in it.
type Panel struct {
	dashboard.Panel
	Start, End time.Time     // of the time axis
	Queries    []QueryResult // in the order of the panel's queries
	Text       string        // of a Markdown panel, its variables replaced
	Lines      []string      // of a logs panel, the newest first
	Problem    string        // to be shown in the place of the chart: an error, or why it is empty
}

// QueryResult is what one query of a panel came to.
type QueryResult struct {
	Step   time.Duration // between the points of a range; it tells a gap from two neighbouring points
	Series []series.Series
}

// Theme says for which background to draw.
type Theme string

// The themes of Perses' UI.
const (
	Light Theme = "light"
	Dark  Theme = "dark"
)

// Options say how to draw.
type Options struct {
	Width, Height int            // in pixels
	Theme         Theme          // Light if empty
	Location      *time.Location // of the times on the axis; UTC if nil
	record        func(mark)     // see surface
}

// Row is a row of a dashboard with its panels.
type Row struct {
	Title string
	Items []Item
}

// Item is a panel and its place in the row.
type Item struct {
	Panel Panel
	dashboard.Place
}
