package chart

import (
	"image/color"
	"math"
	"slices"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// timeLine is a series as a chart over time shows it.
type timeLine struct {
	name     string
	query    int
	color    color.NRGBA
	style    queryStyle
	axis     int // index of its value axis
	step     time.Duration
	samples  []model.SamplePair
	segments [][]timePoint // runs of points with no gap between them
}

// timePoint is a point of a line. A stacked one stands on others.
type timePoint struct {
	at          model.Time
	base, value float64 // value includes base
}

// timeLines returns the series of a panel in their order, with their colours.
func timeLines(budget *work.Budget, p Panel, spec timeSeriesSpec, colors *palette) []timeLine {
	var lines []timeLine
	for query, result := range p.Queries {
		style := spec.of(query)
		for _, s := range result.Series {
			if !budget.Spend(100 + len(s.Name)/2 + 3*len(s.Points)) {
				return lines
			}
			lines = append(lines, timeLine{
				name:     s.Name,
				query:    query,
				color:    spec.color(style, len(result.Series) == 1, s.Name, len(lines), colors),
				style:    style,
				step:     result.Step,
				samples:  s.Points,
				segments: segments(s, result.Step, p.Start, p.End, spec.connectNulls),
			})
		}
	}
	return lines
}

// segments cuts a series where samples are missing, which is where two are more than one and a half steps apart, and
// where one is NaN. With connect there is one segment. A step of 0 tells of no gaps.
func segments(s series.Series, step time.Duration, start, end time.Time, connect bool) [][]timePoint {
	first, last := model.TimeFromUnixNano(start.UnixNano()), model.TimeFromUnixNano(end.UnixNano())
	points := make([]timePoint, 0, len(s.Points)) // one array for all segments
	var all [][]timePoint
	begin := 0
	cut := func() {
		if begin < len(points) {
			all = append(all, points[begin:len(points):len(points)])
		}
		begin = len(points)
	}
	for _, sample := range s.Points {
		if sample.Timestamp < first || sample.Timestamp > last {
			continue
		}
		if math.IsNaN(float64(sample.Value)) {
			if !connect {
				cut()
			}
			continue
		}
		if begin < len(points) && step > 0 && !connect && sample.Timestamp.Sub(points[len(points)-1].at) > step+step/2 {
			cut()
		}
		points = append(points, timePoint{at: sample.Timestamp, value: float64(sample.Value)})
	}
	cut()
	return all
}

// stack puts the lines of each axis upon each other: values above 0 upwards, those below downwards. Only points of
// the same time meet.
func stack(budget *work.Budget, lines []timeLine) {
	type place struct {
		axis  int
		at    model.Time
		below bool
	}
	tops := map[place]float64{}
	for _, line := range lines {
		for _, segment := range line.segments {
			if !budget.Spend(10 * len(segment)) {
				return
			}
			for i := range segment {
				p := &segment[i]
				if math.IsInf(p.value, 0) {
					continue
				}
				at := place{line.axis, p.at, p.value < 0}
				top, known := tops[at]
				if !known && !budget.Spend(40) { // for a place in the map
					return
				}
				p.base = top
				p.value += p.base
				tops[at] = p.value
			}
		}
	}
}

// axisFormats returns the formats of the value axes, that of the panel first, and gives each line its axis: there is
// one for each unit that a query has.
func axisFormats(p Panel, lines []timeLine) []unit.Format {
	all := []unit.Format{p.Format()}
	formats := p.Formats(len(p.Queries))
	for i := range lines {
		own := formats[lines[i].query]
		lines[i].axis = slices.IndexFunc(all, func(f unit.Format) bool { return f.Unit == own.Unit })
		if lines[i].axis < 0 {
			lines[i].axis = len(all)
			all = append(all, own)
		}
	}
	return all
}

// extentOf returns the range of the values of an axis, for a logarithmic one of those that it can show.
func extentOf(lines []timeLine, axis int, log bool) extent {
	var e extent
	for _, line := range lines {
		if line.axis != axis {
			continue
		}
		for _, segment := range line.segments {
			for _, p := range segment {
				if !log || p.value > 0 {
					e.add(p.value)
				}
			}
		}
	}
	return e
}
