package robustness_test

import (
	"fmt"
	"strings"
	"sync"
	"time"
)

// hostileAnswer is the answer of a datasource to every request.
type hostileAnswer struct {
	name  string
	to    func(url string) string // returns the answer for a path
	large bool
	drawn bool // whether each panel kind is drawn with it
}

// success returns a successful response of Prometheus or Loki.
func success(data string) string { return `{"status":"success","data":` + data + `}` }

func matrix(series string) string {
	return success(`{"resultType":"matrix","result":[` + series + `]}`)
}

// points returns the last n data points of a range query that ends now.
func points(n int) string {
	start := time.Now().Add(-time.Hour).Unix()
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `[%d.%03d,"%d"]`, start+int64(i)*3600/int64(n), i%1000, i%7)
	}
	return b.String()
}

// seriesOf returns n series with the given numbers of labels and data points.
func seriesOf(n, labels, pointsOfEach, size int) string {
	all := points(pointsOfEach)
	var b strings.Builder
	for i := range n {
		if b.Len() > size {
			break
		}
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"metric":{"__name__":"m","instance":"i%d"`, i)
		for l := range labels {
			fmt.Fprintf(&b, `,"l%d_%d":"v"`, i, l)
		}
		b.WriteString(`},"values":[` + all + `]}`)
	}
	return b.String()
}

// names returns a list of n JSON strings.
func names(n int, format string) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

// hostileAnswers are valid or almost valid answers of a datasource. Each makes the server do a lot of work.
var hostileAnswers = sync.OnceValue(func() []hostileAnswer {
	always := func(text string) func(string) string { return func(string) string { return text } }
	lists := func(list, metadata string) func(string) string {
		return func(url string) string {
			switch {
			case strings.HasSuffix(url, "/metadata"):
				return success("{" + metadata + "}")
			case strings.HasSuffix(url, "/series"):
				return success("[]")
			case strings.HasSuffix(url, "/query"), strings.HasSuffix(url, "/query_range"):
				return matrix("")
			}
			return success("[" + list + "]")
		}
	}
	const metric = `"a_metric_with_a_name_of_usual_length_%d_total"`
	long := strings.Repeat("container_memory_of_", 10)
	return []hostileAnswer{
		{"1000 series of 1000 points", always(matrix(seriesOf(1000, 2, 1000, 46<<20))), true, true},
		{"200 series with 1000 labels each", always(matrix(seriesOf(200, 1000, 3, maxHostile))), false, true},
		{"one series with many points", always(matrix(seriesOf(1, 1, 180_000, maxHostile))), false, true},
		{"a million points", always(matrix(seriesOf(1, 1, 1_000_000, 46<<20))), true, true},
		{"many series", always(matrix(seriesOf(60_000, 1, 1, maxHostile))), false, true},
		{"a long label", always(matrix(`{"metric":{"a":"` + strings.Repeat("x", maxHostile-200) + `"},"values":[` + points(3) + `]}`)), false, true},
		{"numbers that are none", always(matrix(`{"metric":{},"values":[` + strings.TrimSuffix(strings.Repeat(`[1,"NaN"],[2,"+Inf"],[3,"-1e308"],[4,"1e308"],`, 50_000), ",") + `]}`)), false, true},
		{"native histograms", always(matrix(`{"metric":{},"histograms":[` + strings.TrimSuffix(strings.Repeat(`[1,{"count":"1","sum":"1","buckets":[[0,"1","2","1"],[0,"2","3","1"]]}],`, 40_000), ",") + `]}`)), false, true},
		{"many label names", lists(names(200_000, `"label_%d"`), ""), false, false},
		{"many metrics", lists(names(100_000, metric), names(40_000, `"a_metric_with_a_name_of_usual_length_%d_total":[{"type":"counter","help":"x","unit":""}]`)), false, false},
		{"many long names", lists(names(19_000, `"`+long+`%d"`), ""), false, false},
		{"many log lines", func(url string) string {
			if strings.Contains(url, "query") {
				return success(`{"resultType":"streams","result":[{"stream":{"a":"b"},"values":[` + names(90_000, `["17000000000000%05d","a line of a log"]`) + `]}]}`)
			}
			return success("[]")
		}, false, false},
		{"a long log line", func(url string) string {
			if strings.Contains(url, "query") {
				return success(`{"resultType":"streams","result":[{"stream":{"a":"b"},"values":[["1700000000000000000","` + strings.Repeat("x://", 1_000_000) + `"]]}]}`)
			}
			return success("[]")
		}, false, false},
		{"many traces", always(`{"traces":[` + names(40_000, `{"traceID":"%d","rootServiceName":"s","rootTraceName":"t","startTimeUnixNano":"1700000000000000000","durationMs":3}`) + `]}`), false, false},
		{"deep JSON", always(success(strings.Repeat("[", 9_000) + strings.Repeat("]", 9_000))), false, false},
		{"deeper JSON than is decoded", always(success(strings.Repeat(`{"a":`, 600_000) + "1" + strings.Repeat("}", 600_000))), false, false},
		{"empty objects", always(matrix(strings.TrimSuffix(strings.Repeat("{},", 1_000_000), ","))), false, false},
		{"warnings", always(`{"status":"success","warnings":[` + names(200_000, `"a warning %d"`) + `],"data":{"resultType":"vector","result":[]}}`), false, false},
		{"a long error", always(`{"status":"error","errorType":"bad_data","error":"` + strings.Repeat("://x@", 800_000) + `"}`), false, false},
		{"nothing", always(""), false, false},
	}
})

// boardOfEveryPanel is a dashboard with a panel of each kind that can be drawn, and a query of each kind that can be run.
var boardOfEveryPanel = func() string {
	var panels []string
	for _, kind := range drawnKinds {
		query := promQL("up")
		switch kind {
		case "LogsTable":
			query = `{"kind":"LogQuery","spec":{"plugin":{"kind":"LokiLogQuery","spec":{"query":"{a=\"b\"}"}}}}`
		case "TraceTable", "ScatterChart":
			query = `{"kind":"TraceQuery","spec":{"plugin":{"kind":"TempoTraceQuery","spec":{"query":"{}"}}}}`
		}
		panels = append(panels, panelWith(kind, `{"legend":{"position":"bottom","mode":"table","values":["mean","max"]},"calculation":"mean"}`, query))
	}
	return boardOf(panels...)
}()

var drawnKinds = []string{"TimeSeriesChart", "StatChart", "GaugeChart", "BarChart", "PieChart", "Table", "TimeSeriesTable", "StatusHistoryChart", "HeatMapChart", "HistogramChart", "ScatterChart", "LogsTable", "TraceTable"}
