package chart

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// recorded returns everything that draw records on a picture.
func recorded(t *testing.T, o Options, draw func(o Options) ([]byte, error)) (marks []mark) {
	t.Helper()
	var mu sync.Mutex // the panels of a dashboard are drawn concurrently
	o.record = func(m mark) {
		mu.Lock()
		defer mu.Unlock()
		marks = append(marks, m)
	}
	if _, err := draw(o); err != nil {
		t.Fatal(err)
	}
	return marks
}

// described writes a picture as lines: first what is written upwards, then the other texts from top to bottom and left to right,
// each with its colour unless that is the ordinary one, and with the shapes on its line. The last line lists the remaining shapes
// in the order in which they are drawn. Frames and grids are left out. Neighbours that look the same are written once, and a
// gradient as its two ends.
func described(marks []mark, colors *palette) string {
	type line struct {
		middle float64
		marks  []mark
	}
	middle := func(m mark) float64 { return m.y + m.height/2 }
	var upwards, rest line
	var lines []line
	texts := slices.DeleteFunc(slices.Clone(marks), func(m mark) bool { return m.text == "" })
	slices.SortStableFunc(texts, func(a, b mark) int { return cmp.Compare(middle(a), middle(b)) })
	for _, m := range texts {
		switch last := len(lines) - 1; {
		case m.upwards:
			upwards.marks = append(upwards.marks, m)
		case last >= 0 && middle(m)-lines[last].middle < 5:
			lines[last].marks = append(lines[last].marks, m)
		default:
			lines = append(lines, line{middle(m), []mark{m}})
		}
	}
	frame := []color.NRGBA{colors.background, colors.divider, colors.grid, colors.axis, alpha(colors.grid, 2.0/3), alpha(colors.background, 0.8)}
	for _, m := range marks {
		if m.text != "" || slices.Contains(frame, m.color) {
			continue
		}
		at := slices.IndexFunc(lines, func(l line) bool { return m.height != 1 && m.height <= rowTitle && math.Abs(middle(m)-l.middle) < 5 })
		if at >= 0 {
			lines[at].marks = append(lines[at].marks, m)
		} else {
			rest.marks = append(rest.marks, m)
		}
	}
	for _, l := range lines {
		slices.SortStableFunc(l.marks, func(a, b mark) int { return cmp.Compare(a.x, b.x) })
	}
	var all []string
	for _, l := range slices.Concat([]line{upwards}, lines, []line{rest}) {
		var words []string
		for i, m := range l.marks {
			word := m.text
			switch {
			case m.text == "" && m.height == 1 && 0 < i && i < len(l.marks)-1 && l.marks[i-1].height == 1 && l.marks[i+1].height == 1:
				word = "…"
			case m.text == "":
				word = fmt.Sprintf("■%02x%02x%02x", m.color.R, m.color.G, m.color.B)
			case m.bold:
				word += fmt.Sprintf("[bold %02x%02x%02x]", m.color.R, m.color.G, m.color.B)
			case m.color != colors.text:
				word += fmt.Sprintf("[%02x%02x%02x]", m.color.R, m.color.G, m.color.B)
			}
			if n := len(words); n == 0 || m.text != "" || words[n-1] != word {
				words = append(words, word)
			}
		}
		if words != nil {
			all = append(all, strings.Join(words, " | "))
		}
	}
	return strings.Join(all, "\n")
}

// with returns a panel with a title of its own and a text or lines.
func with(p Panel, text string, lines ...string) Panel {
	p.Text, p.Lines = text, lines
	return p
}

// nativeBuckets returns a query with the native histograms of two minutes, whose buckets are one second wide.
func nativeBuckets(first, second []float64) QueryResult {
	query := minutely(values("latency", 1, 1))
	s := &query.Series[0]
	for i, counts := range [][]float64{first, second} {
		h := &model.SampleHistogram{}
		for b, count := range counts {
			h.Buckets = append(h.Buckets, &model.HistogramBucket{Lower: model.FloatString(b), Upper: model.FloatString(b + 1), Count: model.FloatString(count)})
		}
		s.Histograms = append(s.Histograms, model.SampleHistogramPair{Timestamp: s.Points[i].Timestamp, Histogram: h})
	}
	return query
}

// threeBuckets returns a query with a classic histogram of three buckets, which hold 10, 20 and 5 values.
func threeBuckets() QueryResult {
	query := minutely(values("a", 10, 10), values("b", 30, 30), values("c", 35, 35))
	for i, le := range []model.LabelValue{"0.1", "1", "+Inf"} {
		query.Series[i].Labels = model.Metric{"le": le}
	}
	return query
}

func TestPictures(t *testing.T) {
	const fixed = `"querySettings":[{"queryIndex":0,"colorMode":"fixed","colorValue":"#ff0000"},{"queryIndex":1,"colorMode":"fixed","colorValue":"#0000ff","format":{"unit":"bytes"}}]`
	requests, memory := minutely(values("requests", 1, 5, 3)), minutely(values("memory", 1024, 2048, 4096))
	last10m := func(p Panel) Panel { return over(p, noon.Add(-10*time.Minute), noon) }
	around := func(p Panel) Panel { return over(p, noon.Add(-9*time.Minute), noon.Add(time.Minute)) }
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		panel Panel
		o     Options
		want  string
	}{
		{"time series with a table", last10m(chart("TimeSeriesChart", `{"legend":{"position":"bottom","mode":"table","values":["max","mean","last"]},"yAxis":{"show":true,"label":"Requests"},`+fixed+`}`, requests, minutely(values("errors", 2)))), Options{Width: 500, Height: 300}, `
Requests
Requests
6 | 3 bytes
4 | ■0000ff | 2 bytes
2 | 1 byte
0 | 0 bytes
11:50 | 11:55 | 12:00
Name[3e4662] | Avg[3e4662] | Last[3e4662] | Max[3e4662]
■ff0000 | requests | 3 | 3 | 5
■0000ff | errors | 2 | 2 | 2
■ff0000`},
		{"two axes, a list and thresholds", last10m(chart("TimeSeriesChart", `{"legend":{"position":"right"},"thresholds":{"steps":[{"value":2,"name":"low"},{"value":4,"name":"high","color":"#00ff00"}]},`+fixed+`}`, requests, memory)), Options{Width: 500, Height: 220, Theme: Dark, Location: tokyo}, `
Requests
6 | 6 KiB
■ff0000 | requests
high | ■0000ff | memory
4 | ■00ff00 | ■0000ff | 4 KiB
low
2 | ■ffcc00 | ■0000ff | 2 KiB
0 | 0 bytes
20:50 | 20:55 | 21:00
■ff0000 | ■0000ff`},
		{"bars over time", last10m(chart("TimeSeriesChart", `{"legend":{"position":"bottom"},"yAxis":{"format":{"unit":"requests/sec"}},"visual":{"display":"bar"},`+fixed+`}`, requests, minutely(values("errors", 3, 2, 5)))), Options{Width: 400, Height: 250}, `
Requests
6 requests/sec | 6 bytes
4 requests/sec | 4 bytes
2 requests/sec | 2 bytes
0 requests/sec | 0 bytes
11:50 | 11:55 | 12:00
■ff0000 | requests | ■0000ff | errors
■ff0000 | ■0000ff`},
		{"bars", chart("BarChart", `{"format":{"unit":"requests/sec"}}`, constant(12, 60, 30)), Options{Width: 600, Height: 170}, `
Requests
checkout | ■56b4e9 | 60 requests/sec
errors 5xx | ■56b4e9 | 30 requests/sec
api | ■56b4e9 | 12 requests/sec
0 requests/sec | 20 requests/sec | 40 requests/sec | 60 requests/sec`},
		{"bars in percent", chart("BarChart", `{"mode":"percentage","sort":"asc"}`, constant(10, 60, 30)), Options{Width: 600, Height: 170}, `
Requests
api | ■56b4e9 | 10%
errors 5xx | ■56b4e9 | 30%
checkout | ■56b4e9 | 60%
0% | 10% | 20% | 30% | 40% | 50% | 60%`},
		{"gauges", chart("GaugeChart", `{"format":{"unit":"percent"},`+steps+`}`, constant(12, 60, 90)), Options{Width: 500, Height: 200}, `
Requests
■2fbf71 | 12%[bold 2fbf71] | 60%[bold ffcc00] | 90%[bold ea4747]
api | checkout | errors 5xx
■2fbf71 | ■ffcc00 | ■ea4747 | ■7f7f7f | ■2fbf71 | ■ffcc00 | ■ea4747 | ■7f7f7f | ■ffcc00 | ■2fbf71 | ■ffcc00 | ■ea4747 | ■7f7f7f | ■ea4747`},
		{"a gauge without its name", chart("GaugeChart", `{"legend":{"show":false}}`, constant(0.42)), Options{Width: 200, Height: 200}, `
Requests
42%[bold ffcc00]
■ffcc00 | ■7f7f7f | ■ffcc00`},
		{"heat map", around(chart("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"},"showVisualMap":true,"countFormat":{"unit":"requests/sec"}}`, nativeBuckets([]float64{0, 5}, []float64{10, 1}))), Options{Width: 400, Height: 220}, `
Requests
2s | 10 requests/sec
1.5s
1s
500ms
0s
11:55 | 12:00 | 0 requests/sec
■a50026 | … | ■313695 | ■ffffbf | ■a50026 | ■4575b4`},
		{"classic heat map", around(chart("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"}}`, threeBuckets())), Options{Width: 400, Height: 200}, `
Requests
+Inf | ■313695
1s | ■a50026
100ms | ■bde2ee
11:55 | 12:00`},
		{"histogram", chart("HistogramChart", `{"thresholds":{"steps":[{"value":2,"color":"#ff0000"}]}}`, nativeBuckets(nil, []float64{5, 0, 10})), Options{Width: 400, Height: 220}, `
Requests
15
10
5
0
0 | 1 | 2 | 3
■56b4e9 | ■ff0000`},
		{"classic histogram", chart("HistogramChart", `{}`, threeBuckets()), Options{Width: 400, Height: 200}, `
Requests
30
20
10
0
0.1 | 1 | +Inf
■56b4e9`},
		{"no histogram", chart("HistogramChart", `{}`, requests), Options{Width: 700, Height: 200}, `
Requests
No data available (this shows histograms: native ones, or classic ones with their label le)`},
		{"log", with(chart("LogsTable", `{}`), "", "level=error a line that is too long for this panel", "level=warn b", "c", "level=info d", "e"), Options{Width: 300, Height: 150}, `
Requests
■ea4747 | level=error a line that is too long for this panel
■ff9f1c | level=warn b
■3e4662 | c
… and 2 more[3e4662]`},
		{"wrapped log", with(chart("LogsTable", `{"allowWrap":true}`), "", "level=error a line that is too long for this panel", "b"), Options{Width: 200, Height: 170, Theme: Dark}, `
Requests
level=error a line that is too
long for this panel
■f0f1f6 | b
■ee6c6c`},
		{"pie with a table", chart("PieChart", `{"format":{"unit":"bytes"},"colorPalette":["#000000","#00ff00","#ffff00"],"legend":{"position":"right","mode":"table","values":["abs","relative"]}}`, constant(25, 1024, 25)), Options{Width: 500, Height: 250}, `
Requests
Name[3e4662] | Absolute[3e4662] | Relative[3e4662]
■000000 | checkout | 1 KiB | 95.3%
■00ff00 | api | 25 bytes | 2.33%
■ffff00 | errors 5xx | 25 bytes | 2.33%
■000000 | ■00ff00 | ■ffff00`},
		{"pie with labels", chart("PieChart", `{"showLabels":true,"colorPalette":["#000000","#00ff00","#ffff00"]}`, constant(25, 50, 20)), Options{Width: 600, Height: 400}, `
Requests
errors 5xx[bold 000000]
20[bold 000000]
checkout[bold ffffff]
50[bold ffffff]
api[bold 000000]
25[bold 000000]
■000000 | ■00ff00 | ■ffff00`},
		{"pie in percent", chart("PieChart", `{"showLabels":true,"mode":"percentage","colorPalette":["#ff0000","#00ff00"],"legend":{"position":"bottom","values":["abs","relative"]}}`, constant(25, 75)), Options{Width: 500, Height: 400}, `
Requests
api[bold 000000]
25%[bold 000000]
checkout[bold 000000]
75%[bold 000000]
■ff0000 | checkout: 75 (75%) | ■00ff00 | api: 25 (25%)
■ff0000 | ■00ff00`},
		{"stat", chart("StatChart", `{"format":{"unit":"percent"},`+steps+`}`, constant(12, 60, 90)), Options{Width: 400, Height: 150}, `
Requests
api[3e4662] | checkout[3e4662] | errors 5xx[3e4662]
12%[bold 2fbf71] | 60%[bold ffcc00] | 90%[bold ea4747]`},
		{"stat on colours", chart("StatChart", `{"colorMode":"background_solid","sparkline":{},"mappings":[{"kind":"Value","spec":{"value":"1","result":{"value":"up","color":"#000080"}}}]}`, constant(1, 2)), Options{Width: 400, Height: 150}, `
Requests
api[ffffff] | checkout[000000]
up[bold ffffff] | 2[bold 000000]
■000080 | ■ffffff | ■2fbf71 | ■ffffff`},
		{"status history", last10m(chart("StatusHistoryChart", `{"legend":{"position":"bottom"},"mappings":[{"kind":"Value","spec":{"value":"0","result":{"value":"down","color":"#ff0000"}}}]}`, minutely(values("api", 0, 0, 1, 2), values("web", 1), values("db", 2, 0)))), Options{Width: 400, Height: 200}, `
Requests
db | ■0072b2 | ■ff0000
web | ■009e73
api | ■ff0000 | ■009e73 | ■0072b2
11:50 | 11:55 | 12:00
■ff0000 | down | ■009e73 | 1 | ■0072b2 | 2`},
		{"table", chart("Table", `{"density":"compact","defaultColumnHidden":true,"columnSettings":[{"name":"instance","header":"Host","sort":"desc"},{"name":"value","header":"CPU","align":"right","format":{"unit":"percent"},"cellSettings":[{"condition":{"kind":"Range","spec":{"min":50}},"backgroundColor":"#ea4747","textColor":"#ffffff"},{"condition":{"kind":"Value","spec":{"value":"0"}},"text":"idle"}]}]}`, constant(1, 2, 0, 99, 5)), Options{Width: 400, Height: 200}, `
Requests
Host[bold 3e4662] | CPU[bold 3e4662]
10.0.0.4:9100 | 5%
10.0.0.3:9100 | ■ea4747 | 99%[ffffff]
10.0.0.2:9100 | idle
… and 2 rows more[3e4662]`},
		{"table of labels", chart("Table", `{"columnSettings":[{"name":"timestamp","format":{"unit":"datetime-local"}}]}`, constant(1, 2)), Options{Width: 500, Height: 220, Location: tokyo}, `
Requests
timestamp[bold 3e4662] | instance[bold 3e4662] | job[bold 3e4662] | value[bold 3e4662]
03/12/2025, 21:00:00 | 10.0.0.0:9100 | node | 1
03/12/2025, 21:00:00 | 10.0.0.1:9100 | node | 2`},
		{"table of series", chart("TimeSeriesTable", `{}`, minutely(values("a", 1, 2048), values("b", 1024), values("c"), values("d", 5))), Options{Width: 400, Height: 160}, `
Requests
a | 2048 @ 2025-03-12T12:00:00.000Z
b | 1024
… and 2 rows more[3e4662]`},
		{"markdown", with(chart("Markdown", `{}`), "# Heading **one**\n\nText with **bold**, *slanted*, ~~struck~~ and `code`,\na [link](http://example.org), ![image](i.png), <b>HTML</b>&amp; \\*.\nbroken  \nline\n\n"+
			"## Second\n\n* item\n  1. inner\n* [x] done\n* [ ] open\n\n> quoted\n> text\n\n```sh\nmake\n  test\n```\n\n| Who | When |\n|---|---|\n| **Ann** | Monday |\n| Bob | `now` |\n\n---\n\n<https://example.org>\n"), Options{Width: 500, Height: 640}, `
Requests
Heading[bold 2a2e42] | one[bold 2a2e42]
Text | with | bold[bold 2a2e42] | , | slanted | , | struck | and | ■f0f1f6 | code | , | a | link[1473e6] | , | image | , | HTML | & | *. | broken
line
Second[bold 2a2e42]
• | item
1. | inner
[x] | done
[ ] | open
quoted[3e4662] | text[3e4662]
make
  test
Who[bold 3e4662] | When[bold 3e4662]
Ann | Monday
Bob | now
https://example.org[1473e6]
■f0f1f6`},
		{"too much markdown", with(chart("Markdown", `{}`), "one\n\ntwo\n\nthree\n\nfour\n"), Options{Width: 300, Height: 120}, `
Requests
one
two
…[3e4662]`},
		{"a problem", Panel{Panel: dashboard.Panel{Title: "Broken", Kind: "TimeSeriesChart"}, Problem: "the query timed out after 5 s"}, Options{Width: 300, Height: 150}, `
Broken
■fdeded | the query timed out after 5 s[bd3939]`},
		{"an unknown kind", chart("NoChart", `{}`), Options{Width: 400, Height: 150}, `
Requests
There is no picture of panels of the kind NoChart.[3e4662]`},
		{"no data", chart("StatChart", `{}`), Options{Width: 300, Height: 150}, `
Requests
No data`},
	} {
		t.Run(c.name, func(t *testing.T) {
			marks := recorded(t, c.o, func(o Options) ([]byte, error) {
				picture, err := Draw(worktest.Budget(), c.panel, o)
				show(t, "picture "+c.name, picture, err)
				return picture, err
			})
			if got := "\n" + described(marks, c.o.Theme.palette()); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

func TestDashboardPicture(t *testing.T) {
	panel := func(title string, x, y int) Item {
		p := with(chart("Markdown", `{}`), "text of "+title)
		p.Title = title
		return Item{p, dashboard.Place{X: x, Y: y, Width: 12, Height: 4}}
	}
	rows := []Row{{"Row one", []Item{panel("A", 0, 0), panel("B", 12, 0), panel("C", 0, 4)}}, {"Row two", []Item{panel("D", 0, 0)}}, {"", []Item{panel("E", 0, 0)}}}
	for name, c := range map[string]struct {
		rows  []Row
		width int
		want  string
	}{
		"rows": {rows, 800, `
Dashboard
■f0f1f6 | Row one
A | B
text | of | A | text | of | B
C
text | of | C
■f0f1f6 | Row two
D
text | of | D
E
text | of | E`},
		"empty": {[]Row{{Title: "Row"}}, 400, `
Dashboard
■f0f1f6 | Row
There are no panels to show.[3e4662]`},
	} {
		t.Run(name, func(t *testing.T) {
			marks := recorded(t, Options{Width: c.width}, func(o Options) ([]byte, error) {
				return DrawDashboard(worktest.Budget(), "Dashboard", c.rows, o)
			})
			if got := "\n" + described(marks, &lightPalette); got != c.want {
				t.Errorf("got%s\nwant%s", got, c.want)
			}
		})
	}
}

// TestPlaces checks the places that the lines of TestPictures leave open.
func TestPlaces(t *testing.T) {
	relations := map[string]func(a, b mark) bool{
		"left of": func(a, b mark) bool { return a.x+a.width <= b.x },
		"above":   func(a, b mark) bool { return a.y+a.height <= b.y },
		"inside": func(a, b mark) bool {
			return a.x >= b.x && a.y >= b.y && a.x+a.width <= b.x+b.width && a.y+a.height <= b.y+b.height
		},
		"aligned left":  func(a, b mark) bool { return a.x == b.x },
		"aligned right": func(a, b mark) bool { return math.Abs(a.x+a.width-b.x-b.width) < 1 },
		"centred on":    func(a, b mark) bool { return math.Abs(a.x+a.width/2-b.x-b.width/2) < 1 },
		"indented from": func(a, b mark) bool { return a.x > b.x },
		"larger than":   func(a, b mark) bool { return a.height > b.height },
	}
	type relation struct{ a, how, b string } // of two texts, or shapes of a colour
	item := func(title string, x, y int) Item {
		p := with(chart("Markdown", `{}`), "of"+title)
		p.Title = title
		return Item{p, dashboard.Place{X: x, Y: y, Width: 12, Height: 4}}
	}
	last10m := func(p Panel) Panel { return over(p, noon.Add(-10*time.Minute), noon) }
	const red = `"querySettings":[{"queryIndex":0,"colorMode":"fixed","colorValue":"#ff0000"}]`
	for name, c := range map[string]struct {
		panel Panel // a dashboard of several if it has no kind
		want  []relation
	}{
		"time series": {last10m(chart("TimeSeriesChart", `{"legend":{"position":"right"},"yAxis":{"show":true,"label":"per second"},`+red+`}`, minutely(values("requests", 1, 3, 5)))),
			[]relation{{"per second", "left of", "4"}, {"4", "left of", "■ff0000"}, {"■ff0000", "left of", "requests"}, {"■ff0000", "above", "12:00"}, {"4", "aligned right", "2"}}},
		"legend": {last10m(chart("TimeSeriesChart", `{"legend":{"position":"bottom","mode":"table","values":["max"]},`+red+`}`, minutely(values("requests", 1, 3, 15)))),
			[]relation{{"Max", "aligned right", "15"}, {"Name", "aligned left", "requests"}}},
		"bars":    {chart("BarChart", `{}`, constant(70, 33, 12)), []relation{{"api", "aligned right", "checkout"}, {"33", "left of", "70"}}},
		"gauge":   {chart("GaugeChart", `{}`, constant(0.42)), []relation{{"42%", "inside", "■7f7f7f"}, {"42%", "centred on", "■7f7f7f"}, {"42%", "above", "api"}}},
		"pie":     {chart("PieChart", `{"showLabels":true,"colorPalette":["#ff0000"]}`, constant(42)), []relation{{"api", "inside", "■ff0000"}, {"42", "centred on", "api"}}},
		"stat":    {chart("StatChart", `{"legendMode":"on"}`, constant(42)), []relation{{"api", "centred on", "42"}, {"42", "larger than", "api"}}},
		"table":   {chart("Table", `{"columnSettings":[{"name":"value","align":"right"},{"name":"job","align":"center"}]}`, constant(42)), []relation{{"value", "aligned right", "42"}, {"job", "centred on", "node"}, {"instance", "aligned left", "10.0.0.0:9100"}}},
		"heading": {with(chart("Markdown", `{}`), "# one\n## two\n### three\nfour"), []relation{{"one", "larger than", "two"}, {"two", "larger than", "three"}, {"three", "larger than", "four"}}},
		"list": {with(chart("Markdown", `{}`), "* one\n  * two\n    * three\n\n> four\n\n```\nfive\n```\n\nsix"),
			[]relation{{"one", "indented from", "six"}, {"two", "indented from", "one"}, {"three", "indented from", "two"}, {"four", "indented from", "six"}, {"five", "inside", "■f0f1f6"}}},
		"dashboard": {Panel{}, []relation{{"Row", "inside", "■f0f1f6"}, {"A", "above", "ofA"}, {"ofA", "above", "C"}, {"A", "left of", "B"}, {"C", "aligned left", "A"}, {"ofC", "aligned left", "ofA"}, {"Title", "above", "Row"}}},
	} {
		marks := recorded(t, Options{Width: 500, Height: 300}, func(o Options) ([]byte, error) {
			if c.panel.Kind == "" {
				return DrawDashboard(worktest.Budget(), "Title", []Row{{"Row", []Item{item("A", 0, 0), item("B", 12, 0), item("C", 0, 4)}}}, o)
			}
			return Draw(worktest.Budget(), c.panel, o)
		})
		find := func(wanted string) mark {
			i := slices.IndexFunc(marks, func(m mark) bool {
				return m.text == wanted || m.text == "" && fmt.Sprintf("■%02x%02x%02x", m.color.R, m.color.G, m.color.B) == wanted
			})
			if i < 0 {
				t.Fatalf("%s: no %s in\n%s", name, wanted, described(marks, &lightPalette))
			}
			return marks[i]
		}
		for _, r := range c.want {
			if a, b := find(r.a), find(r.b); !relations[r.how](a, b) {
				t.Errorf("%s: %s is not %s %s: %+v, %+v", name, r.a, r.how, r.b, a, b)
			}
		}
	}
}
