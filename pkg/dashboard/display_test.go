package dashboard_test

import (
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func panel(kind, spec string) dashboard.Panel {
	return dashboard.Panel{Kind: kind, Spec: json.RawMessage(spec)}
}

// of returns a series with the values.
func of(values ...float64) series.Series {
	s := series.Series{Labels: model.Metric{"instance": "node-1:9100", "job": "node", "version": "2.4"}}
	for i, v := range values {
		s.Points = append(s.Points, model.SamplePair{Timestamp: model.Time(i * 15000), Value: model.SampleValue(v)})
	}
	return s
}

const mappings = `"mappings":[
	{"kind":"Value","spec":{"value":"0","result":{"value":"down","color":"#ff0000"}}},
	{"kind":"Value","spec":{"value":"1","result":{"value":"up"}}},
	{"kind":"Range","spec":{"from":10,"to":20,"result":{"value":"teens","color":"#00ff00"}}},
	{"kind":"Range","spec":{"from":1000,"result":{"value":"lots"}}},
	{"kind":"Range","spec":{"result":{"value":"never"}}},
	{"kind":"Range","spec":{"from":15,"to":15,"result":{"value":"","color":"#0000ff"}}},
	{"kind":"Regex","spec":{"pattern":"/^4(\\d)\\d$/i","result":{"value":"client error $1 of $& for $$5","color":"#ffff00"}}},
	{"kind":"Regex","spec":{"pattern":"5..","result":{"value":"server error"}}},
	{"kind":"Regex","spec":{"pattern":"(?=lookahead)","result":{"value":"never"}}},
	{"kind":"Misc","spec":{"value":"NaN","result":{"value":"nothing","color":"#888888"}}},
	{"kind":"Misc","spec":{"value":"empty","result":{"value":"never"}}},
	{"kind":"Star","spec":{"result":{"value":"never"}}}, 7]`

func TestValueFormatter(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		name, kind, spec string
		values           []float64
		want             string
	}{
		{"a unit", "StatChart", `{"calculation":"mean","format":{"unit":"bytes"}}`, []float64{1024, 3072}, "2 KiB"},
		{"no format", "StatChart", `{"calculation":"sum"}`, []float64{0.1, 0.2}, "0.30000000000000004"},
		{"an empty format", "StatChart", `{"format":{}}`, []float64{1234.5678}, "1.23K"},
		{"no calculation", "StatChart", `{"format":{"unit":"seconds"}}`, []float64{7, 90}, "1.5m"},
		{"an unknown calculation", "StatChart", `{"calculation":"p99","format":{"unit":"eur"}}`, []float64{7, 90}, "€90"},
		{"NaN last", "StatChart", `{"calculation":"last-number","format":{"unit":"percent"}}`, []float64{5, nan}, "NaN%"},
		{"a gauge with nothing", "GaugeChart", `{}`, []float64{0.256}, "25.6%"},
		{"a gauge with places alone", "GaugeChart", `{"format":{"decimalPlaces":2}}`, []float64{0.256}, "25.60%"},
		{"a gauge with a unit", "GaugeChart", `{"format":{"unit":"percent"},"calculation":"max"}`, []float64{25, 3}, "25%"},
		{"a bar", "BarChart", `{"calculation":"min"}`, []float64{5000, 3000}, "3K"},
		{"a line", "TimeSeriesChart", `{"yAxis":{"format":{"unit":"requests/sec","shortValues":false}}}`, []float64{1, 1500}, "1,500 requests/sec"},
		{"a line of nothing", "TimeSeriesChart", `{}`, []float64{1500}, "1.5K"},
		{"a heat map", "HeatMapChart", `{"yAxisFormat":{"unit":"seconds"},"countFormat":{"unit":"bytes"}}`, []float64{0.5}, "500ms"},
		{"a table", "Table", `{"columnSettings":[{"name":"job"},{"name":"value","format":{"unit":"celsius"}}]}`, []float64{21.55}, "21.6°C"},
		{"a table of nothing", "Table", `{}`, []float64{21.123456}, "21.123456"},
		{"a table of series", "TimeSeriesTable", `{}`, []float64{1e21}, "1e+21"},
		{"a kind from elsewhere", "MyChart", `{"format":{"unit":"usd"}}`, []float64{3.5}, "$3.5"},
		{"a status", "StatusHistoryChart", `{` + mappings + `}`, []float64{1, 0}, "down"},
		{"a value", "StatChart", `{"format":{"unit":"days"},` + mappings + `}`, []float64{1}, "up"},
		{"a value without a mapping", "StatChart", `{"format":{"unit":"days"},` + mappings + `}`, []float64{2}, "2d"},
		{"a range", "StatChart", `{` + mappings + `}`, []float64{20}, "teens"},
		{"a later mapping without a text", "StatChart", `{` + mappings + `}`, []float64{15}, "teens"},
		{"an open range", "StatChart", `{` + mappings + `}`, []float64{1e9}, "lots"},
		{"a pattern", "StatChart", `{` + mappings + `}`, []float64{404}, "client error 0 of 404 for $5"},
		{"a pattern without slashes", "StatChart", `{` + mappings + `}`, []float64{503}, "server error"},
		{"NaN", "StatChart", `{` + mappings + `}`, []float64{nan}, "nothing"},
		{"a label", "StatChart", `{"metricLabel":"version",` + mappings + `}`, []float64{0}, "2.4"},
		{"a label by its pattern", "StatChart", `{"metricLabel":"/^inst/"}`, []float64{0}, "node-1:9100"},
		{"a missing label", "StatChart", `{"metricLabel":"ver"}`, []float64{5}, "5"},
		{"a label of a gauge", "GaugeChart", `{"metricLabel":"version"}`, []float64{1}, "100%"},
		{"options of wrong types", "StatChart", `{"calculation":3,"format":"bytes","mappings":{"kind":"Value"},"metricLabel":[]}`, []float64{5}, "5"},
		{"a spec that is a list", "StatChart", `[{"format":{"unit":"bytes"}}]`, []float64{5}, "5"},
		{"an invalid spec", "StatChart", `{"format":{"unit":"bytes"}`, []float64{5}, "5"},
		{"no spec", "StatChart", ``, []float64{5}, "5"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, got, ok := panel(c.kind, c.spec).ValueFormatter(worktest.Budget()).Format(of(c.values...)); got != c.want || !ok {
				t.Errorf("got %q, %v; want %q", got, ok, c.want)
			}
		})
	}
	if _, got, ok := panel("StatChart", `{"metricLabel":"job"}`).ValueFormatter(worktest.Budget()).Format(of()); got != "" || ok {
		t.Errorf("no points: got %q, %v", got, ok)
	}
}

func TestMappedColors(t *testing.T) {
	m := panel("StatChart", `{`+mappings+`}`).Mappings(worktest.Budget())
	for value, want := range map[float64]string{0: "#ff0000", 1: "", 12: "#00ff00", 15: "#0000ff", 404: "#ffff00", 2: "", math.Inf(1): ""} {
		if _, got := m.Apply(worktest.Budget(), value); got != want {
			t.Errorf("%v: got %q, want %q", value, got, want)
		}
	}
}

func TestThresholds(t *testing.T) {
	got := panel("StatChart", `{"thresholds":{"mode":"percent","defaultColor":"green","steps":[
		{"value":10,"color":"yellow","name":"warm"},{"value":30},{"value":20,"color":7},"x"]}}`).Thresholds()
	want := dashboard.Thresholds{Percent: true, Color: "green", Steps: []dashboard.Step{{Value: 10, Color: "yellow", Name: "warm"}, {Value: 30}, {Value: 20}}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
	for value, index := range map[float64]int{9.99: -1, 10: 0, 19: 0, 20: 2, 35: 2, math.Inf(-1): -1} {
		if got := want.At(value); got != index {
			t.Errorf("at %v: got step %d, want %d", value, got, index)
		}
	}
	if got := want.At(math.NaN()); got != -1 {
		t.Errorf("at NaN: got step %d", got)
	}
	if got := panel("StatChart", `{"thresholds":7}`).Thresholds(); !reflect.DeepEqual(got, dashboard.Thresholds{}) {
		t.Errorf("of nothing: got %+v", got)
	}
}

func TestLegend(t *testing.T) {
	for spec, want := range map[string]string{
		`{}`:                               "{Right:false Table:false Small:false Values:[]} false",
		`{"legend":{}}`:                    "{Right:false Table:false Small:false Values:[]} false",
		`{"legend":{"position":"Bottom"}}`: "{Right:false Table:false Small:false Values:[]} false",
		`{"legend":{"position":"bottom"}}`: "{Right:false Table:false Small:false Values:[]} true",
		`{"legend":{"position":"right","mode":"table","size":"small","values":["mean","max",7]}}`: "{Right:true Table:true Small:true Values:[mean max]} true",
		`{"legend":{"position":"right","mode":"tables"}}`:                                         "{Right:false Table:false Small:false Values:[]} false",
	} {
		legend, shown := panel("TimeSeriesChart", spec).Legend()
		if got := fmt.Sprintf("%+v %v", legend, shown); got != want {
			t.Errorf("%s: got %s, want %s", spec, got, want)
		}
	}
}

func TestFormatOfQuery(t *testing.T) {
	p := panel("TimeSeriesChart", `{"yAxis":{"format":{"unit":"bytes"}},"querySettings":[
		{"queryIndex":1,"format":{"unit":"seconds"}},{"queryIndex":2,"colorMode":"fixed"},{"queryIndex":1,"format":{"unit":"hours"}}]}`)
	for query, want := range []string{"60 bytes", "2.5d", "60 bytes", "60 bytes"} {
		if got := p.Formats(4)[query].Text(60); got != want {
			t.Errorf("query %d: got %q, want %q", query, got, want)
		}
	}
}

// TestBucketFormats checks that the bounds and the counts of the buckets of a heat map have formats of their own.
func TestBucketFormats(t *testing.T) {
	p := panel("HeatMapChart", `{"yAxisFormat":{"unit":"seconds"},"countFormat":{"unit":"requests/sec"}}`)
	bucket, native := of(60), of(60)
	native.Histograms = []model.SampleHistogramPair{{}}
	for want, s := range map[string]series.Series{"60 requests/sec": bucket, "1m": native} {
		format := p.Formats(1)[0]
		if p.Counts(s) {
			format = p.CountFormat()
		}
		if got := format.Text(60); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

// FuzzDisplay parses the options of arbitrary specs and panel kinds.
func FuzzDisplay(f *testing.F) {
	f.Add("StatChart", `{"calculation":"mean","format":{"unit":"bytes"},"metricLabel":"/j/",`+mappings+`}`, 404.0)
	f.Add("TimeSeriesChart", `{"yAxis":{"format":{"unit":"percent"}},"legend":{"position":"right","values":[1]},"querySettings":[{"queryIndex":0}]}`, 0.5)
	f.Add("GaugeChart", `{"thresholds":{"steps":[{"value":"1"},null]}}`, 1.0)
	f.Add("Table", `{"columnSettings":[{"name":"value","format":null}]}`, 1.0)
	f.Fuzz(func(t *testing.T, kind, spec string, value float64) {
		p := panel(kind, spec)
		if _, text, ok := p.ValueFormatter(worktest.Budget()).Format(of(value)); text == "" || !ok {
			t.Errorf("%s of %s has no text", kind, spec)
		}
		p.Legend()
		p.Formats(1)[0].Text(value)
		if thresholds := p.Thresholds(); thresholds.At(value) >= len(thresholds.Steps) {
			t.Error("a step that does not exist")
		}
	})
}

// TestTimes checks values that are times, which depend on the time zone and the current time.
func TestTimes(t *testing.T) {
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	points := []model.SamplePair{{Timestamp: 0, Value: 1767225600000}} // 2026-01-01T00:00:00Z
	for format, want := range map[string]string{"datetime-local": "01/01/2026, 01:00:00", "relative-time": "2 hours ago"} {
		p := dashboard.Panel{Kind: "StatChart", Spec: []byte(`{"calculation":"last","format":{"unit":"` + format + `"}}`),
			Location: berlin, Now: time.Date(2026, 1, 1, 2, 0, 0, 0, time.UTC)}
		if _, got, _ := p.ValueFormatter(worktest.Budget()).Format(series.Series{Points: points}); !strings.Contains(got, want) {
			t.Errorf("%s: got %q, want %q", format, got, want)
		}
	}
}
