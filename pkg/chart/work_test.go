package chart

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// many returns count series of noise. Each has points samples in the hour before noon.
func many(count, points int, name func(i int) string) QueryResult {
	result := QueryResult{Step: time.Hour / time.Duration(points)}
	seed := uint64(1)
	for i := range count {
		s := series.Series{Name: name(i), Labels: model.Metric{"i": model.LabelValue(fmt.Sprint(i))}}
		for j := range points {
			seed = seed*6364136223846793005 + 1442695040888963407
			at := noon.Add(time.Duration(j-points) * result.Step)
			s.Points = append(s.Points, model.SamplePair{Timestamp: model.TimeFromUnixNano(at.UnixNano()), Value: model.SampleValue(seed >> 44)})
		}
		result.Series = append(result.Series, s)
	}
	return result
}

// labelled returns so many series, each with so many labels of its own.
func labelled(count, labels int) QueryResult {
	result := many(count, 1, short)
	for i := range result.Series {
		own := model.Metric{}
		for j := range labels {
			own[model.LabelName(fmt.Sprintf("l%d_%d", i, j))] = "v"
		}
		result.Series[i].Labels = own
	}
	return result
}

func short(i int) string { return fmt.Sprintf("series %d", i) }
func long(i int) string  { return strings.Repeat(fmt.Sprintf("n%d", i), 1000) }

// repeated returns the elements of a list of JSON: so many times the same.
func repeated(element string, count int) string {
	return strings.TrimSuffix(strings.Repeat(element+",", count), ",")
}

// TestDrawingTakesWorkInProportion draws panels as large as the largest honest ones, or larger. Drawing each takes a small part
// of the budget of a call, unless its row names another maximum.
func TestDrawingTakesWorkInProportion(t *testing.T) {
	flat := many(1, 1_000_000, short)
	for i := range flat.Series[0].Points {
		flat.Series[0].Points[i].Value = model.SampleValue(i / 1000 % 5)
	}
	text := func(text string) Panel {
		p := chart("Markdown", `{}`)
		p.Text = text
		return p
	}
	for name, c := range map[string]struct {
		panel Panel
		most  int64 // units, in millions
	}{
		"lines":                 {chart("TimeSeriesChart", `{"legend":{"position":"bottom"}}`, many(10, 240, short)), 3},
		"a thousand series":     {chart("TimeSeriesChart", `{"legend":{"position":"right","mode":"table","values":["mean","max"]}}`, waves(1000, 4*time.Second, "a")), 45},
		"long series":           {chart("TimeSeriesChart", `{"visual":{"areaOpacity":0.5}}`, many(10, 11_000, short)), 45},
		"a million points":      {chart("TimeSeriesChart", `{}`, many(1, 1_000_000, short)), 20},
		"a million states":      {chart("StatusHistoryChart", `{}`, flat), 10},
		"a table of labels":     {chart("Table", `{}`, labelled(200, 1000)), 20},
		"a long table":          {chart("Table", `{}`, many(10_000, 1, short)), 5},
		"a table of series":     {chart("TimeSeriesTable", `{}`, labelled(200, 1000)), 5},
		"bars":                  {chart("BarChart", `{}`, many(10_000, 2, long)), 10},
		"settings of queries":   {chart("TimeSeriesChart", `{"querySettings":[`+repeated(`{"queryIndex":1,"format":{"unit":"bytes"}}`, 80_000)+`]}`, many(100, 10, short)), 3},
		"a spec of a megabyte":  {chart("StatChart", `{"legend":{"x":"`+strings.Repeat("x", 1<<20)+`"}}`, many(1000, 10, short)), 20},
		"Markdown":              {text(strings.Repeat("A **bold** word, a [link](http://x) and `code` in a text of some lines.\n\n", 1000)), 5},
		"Markdown in one block": {text(strings.Repeat("a\n", 32_000)), 10},
	} {
		t.Run(name, func(t *testing.T) {
			budget := work.New(t.Context(), work.Max)
			picture, err := Draw(budget, c.panel, Options{Width: 900, Height: 420})
			show(t, "work", picture, err)
			if used := budget.Used(); used > c.most*1_000_000 {
				t.Errorf("%d units were used, more than %d million", used, c.most)
			}
		})
	}
}

// TestDrawingEnds is about panels that take too much work. They are never drawn in part.
func TestDrawingEnds(t *testing.T) {
	buckets := many(1000, 1000, short)
	for i := range buckets.Series {
		buckets.Series[i].Labels = model.Metric{"le": model.LabelValue(fmt.Sprint(i))}
	}
	for name, p := range map[string]Panel{
		"lines":             chart("TimeSeriesChart", `{}`, many(1000, 1000, short)),
		"stacked":           chart("TimeSeriesChart", `{"visual":{"stack":"all","areaOpacity":1}}`, many(2000, 1000, short)),
		"bars over time":    chart("TimeSeriesChart", `{"visual":{"display":"bar"}}`, many(1000, 1000, short)),
		"different states":  chart("StatusHistoryChart", `{}`, many(1, 1_000_000, short)),
		"mappings":          chart("StatChart", `{"mappings":[`+repeated(`{"kind":"Regex","spec":{"pattern":"1.*2","result":{"value":"x"}}}`, 50_000)+`]}`, many(10_000, 2, short)),
		"settings of cells": chart("Table", `{"cellSettings":[`+repeated(`{"condition":{"kind":"Regex","spec":{"expr":"a.*b"}}}`, 60_000)+`]}`, many(1000, 1, short)),
		"sorted columns":    chart("Table", `{"columnSettings":[`+repeated(`{"name":"a","sort":"asc"}`, 1)+`],"transforms":[{"kind":"MergeSeries"}]}`, labelled(200, 1000)),
		"buckets":           chart("HeatMapChart", `{}`, buckets),
	} {
		t.Run(name, func(t *testing.T) {
			picture, err := Draw(work.New(t.Context(), work.Max), p, Options{Width: 900, Height: 420})
			if picture != nil || !errors.Is(err, work.ErrExhausted) || !strings.Contains(err.Error(), `panel "p" cannot be drawn`) {
				t.Errorf("got %d bytes, %v", len(picture), err)
			}
		})
	}
}

// TestWhatIsNotDrawnSaysSo draws a page with a budget that suffices for some of its panels.
func TestWhatIsNotDrawnSaysSo(t *testing.T) {
	hard := chart("TimeSeriesChart", `{}`, many(1000, 1000, short))
	item := Item{Panel: hard, Place: dashboard.Place{Width: 24, Height: 6}}
	drawn := func(budget *work.Budget, p Panel) []byte {
		item.Panel = p
		picture, err := DrawDashboard(budget, "", []Row{{Items: []Item{item}}}, Options{Width: 400})
		if err != nil {
			t.Fatal(err)
		}
		return picture
	}
	said := Panel{Problem: "Not drawn: " + work.ErrExhausted.Error() + "."}
	said.Title = hard.Title
	if got, want := drawn(work.New(t.Context(), work.Max), hard), drawn(worktest.Budget(), said); !bytes.Equal(got, want) {
		t.Error("the picture does not say that the panel is not drawn")
	}
	gone := errors.New("the caller has left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	if picture, err := DrawDashboard(work.New(ctx, work.Max), "", []Row{{Items: []Item{item}}}, Options{Width: 400}); !errors.Is(err, gone) {
		t.Errorf("got %d bytes, %v", len(picture), err)
	}
}
