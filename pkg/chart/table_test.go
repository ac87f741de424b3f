package chart

import (
	"fmt"
	"image"
	"math"
	"strings"
	"testing"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/series"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

func TestTableSamples(t *testing.T) {
	labelled := func(count int) QueryResult {
		result := constant(make([]float64, count)...)
		for i, s := range result.Series {
			s.Points[len(s.Points)-1].Value = model.SampleValue(float64(i)*12.34 - 5)
		}
		return result
	}
	two := []QueryResult{labelled(4), labelled(4)}
	drawSamples(t, []sample{
		{"table-plain", chart("Table", `{}`, labelled(3))},
		{"table-set", chart("Table", `{"density":"compact","defaultColumnHidden":true,"columnSettings":[{"name":"instance","header":"Instance","sort":"desc"},{"name":"value","header":"CPU","align":"right","format":{"unit":"percent"},"cellSettings":[{"condition":{"kind":"Range","spec":{"min":50}},"backgroundColor":"#ea4747","textColor":"#ffffff"},{"condition":{"kind":"Range","spec":{"max":0}},"text":"idle"}]}]}`, labelled(9))},
		{"table-joined", chart("Table", `{"columnSettings":[{"name":"timestamp","format":{"unit":"datetime-iso"}}],"transforms":[{"kind":"MergeSeries","spec":{}}]}`, two...)},
		{"table-many", chart("Table", `{}`, labelled(60))},
		{"series-table", chart("TimeSeriesTable", `{}`, labelled(12))},
	})
}

// instant returns a query with the last value of series of these mounts.
func instant(values map[string]float64, mounts ...string) QueryResult {
	var result QueryResult
	for _, mount := range mounts {
		result.Series = append(result.Series, series.Series{
			Labels: model.Metric{"mount": model.LabelValue(mount)},
			Points: []model.SamplePair{{Timestamp: 1000, Value: 7}, {Timestamp: 2000, Value: model.SampleValue(values[mount])}},
		})
	}
	return result
}

func TestTableRows(t *testing.T) {
	one := instant(map[string]float64{"/": 1, "/boot": 2}, "/", "/boot")
	two := instant(map[string]float64{"/": 3, "/home": 4}, "/", "/home")
	empty := QueryResult{Series: []series.Series{{Labels: model.Metric{"mount": "/tmp"}}}}
	for _, c := range []struct {
		spec    string
		queries []QueryResult
		want    string
	}{
		{`{}`, []QueryResult{one, empty}[:1], "mount:/ timestamp:2000 value:1; mount:/boot timestamp:2000 value:2"},
		{`{}`, []QueryResult{empty}, "mount:/tmp"},
		{`{"columnSettings":[{"name":"value","plugin":{"kind":"GaugeChart"}}]}`, []QueryResult{one}, "mount:/ value:1; mount:/boot value:2"},
		{`{}`, []QueryResult{one, two}, "mount #1:/ timestamp:2000 value #1:1; mount #1:/boot timestamp:2000 value #1:2; mount #2:/ timestamp:2000 value #2:3; mount #2:/home timestamp:2000 value #2:4"},
		{`{"transforms":[{"kind":"MergeSeries","spec":{}}]}`, []QueryResult{one, two}, "mount:/ timestamp:2000 value #1:1 value #2:3; mount:/boot timestamp:2000 value #1:2; mount:/home timestamp:2000 value #2:4"},
		{`{"transforms":[{"kind":"MergeSeries","spec":{"disabled":true}}]}`, []QueryResult{one}, "mount:/ timestamp:2000 value:1; mount:/boot timestamp:2000 value:2"},
		{`{"transforms":[{"kind":"MergeIndexedColumns","spec":{"column":"value"}}]}`, []QueryResult{one, two}, "mount #1:/ timestamp:2000 value:1; mount #1:/boot timestamp:2000 value:2; mount #2:/ timestamp:2000 value:3; mount #2:/home timestamp:2000 value:4"},
		{`{"transforms":[{"kind":"MergeColumns","spec":{"columns":["mount","timestamp"],"name":"m"}}]}`, []QueryResult{instant(nil, "/")}, "m:/ value:0; m:2000 value:0"},
		{`{"transforms":[{"kind":"MergeColumns","spec":{"columns":["nothing"],"name":"m"}}]}`, []QueryResult{instant(nil, "/")}, "mount:/ timestamp:2000 value:0"},
		{`{"transforms":[{"kind":"JoinByColumnValue","spec":{"columns":["timestamp"]}}]}`, []QueryResult{one}, "mount:/boot timestamp:2000 value:2"},
		{`{"transforms":[{"kind":"JoinByColumnValue","spec":{"columns":[]}},{"kind":"Spin","spec":{}},7]}`, []QueryResult{instant(nil, "/")}, "mount:/ timestamp:2000 value:0"},
	} {
		var rows []string
		for _, row := range tableRows(worktest.Budget(), chart("Table", c.spec, c.queries...)) {
			rows = append(rows, strings.TrimSuffix(strings.TrimPrefix(fmt.Sprint(row), "map["), "]"))
		}
		if got := strings.Join(rows, "; "); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.spec, got, c.want)
		}
	}
}

func TestTableColumns(t *testing.T) {
	rows := []tableRow{{"b": "2", "a": "1", "value": 10.0}, {"c": "3", "value": 9.0}}
	for spec, want := range map[string]string{
		`{}`: "a b c value",
		`{"columnSettings":[{"name":"value","header":"V"},{"name":"b","hide":true},{"name":"value","header":"twice"},{"name":""},3]}`: "V a c",
		`{"defaultColumnHidden":true,"columnSettings":[{"name":"c"},{"name":"none","header":""}]}`:                                    "c ",
	} {
		var headers []string
		for _, column := range tableColumns(worktest.Budget(), chart("Table", spec), rows) {
			headers = append(headers, column.header)
		}
		if got := strings.Join(headers, " "); got != want {
			t.Errorf("%s: got %q, want %q", spec, got, want)
		}
	}
	sortRows(worktest.Budget(), rows, []tableColumn{{name: "value", sort: "asc"}})
	if rows[0]["value"] != 9.0 {
		t.Errorf("9 stands after 10, as it would as a text: %v", rows)
	}
	sortRows(worktest.Budget(), rows, []tableColumn{{name: "none", sort: "asc"}, {name: "a", sort: "desc"}})
	if rows[0]["a"] != "1" {
		t.Errorf("descending, nothing stands before something: %v", rows)
	}
}

func TestEssentialColumns(t *testing.T) {
	var columns []tableColumn
	for _, name := range []string{"a", "b", "timestamp", "value #1", "value #2"} {
		columns = append(columns, tableColumn{name: name})
	}
	for most, want := range []string{"value #1", "value #1", "value #1 value #2", "a value #1 value #2", "a b value #1 value #2", "a b timestamp value #1 value #2"} {
		var names []string
		for _, column := range essential(columns, most) {
			names = append(names, column.name)
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("of %d: got %q, want %q", most, got, want)
		}
	}
}

func TestCellSettings(t *testing.T) {
	settings := gjson.Parse(`[
		{"condition":{"kind":"Value","spec":{"value":"5"}},"text":"five","prefix":"<","suffix":">","textColor":"#00ff00"},
		{"condition":{"kind":"Range","spec":{"min":10,"max":20}},"backgroundColor":"#ff0000"},
		{"condition":{"kind":"Range","spec":{"min":100}},"text":"much"},
		{"condition":{"kind":"Range","spec":{"max":-100}},"text":"little"},
		{"condition":{"kind":"Range","spec":{}},"text":"never"},
		{"condition":{"kind":"Regex","spec":{"expr":"^ab+"}},"prefix":"re:"},
		{"condition":{"kind":"Regex","spec":{"expr":"("}},"text":"never"},
		{"condition":{"kind":"Misc","spec":{"value":"NaN"}},"suffix":"!"},
		{"condition":{"kind":"Misc","spec":{"value":"null"}}},
		{"condition":{"kind":"Misc","spec":{"value":"true"}},"text":"never"},
		{"condition":{"kind":"Misc","spec":{"value":"empty"}},"text":"(empty)"}, 4]`)
	percent := chart("GaugeChart", `{}`).Format()
	for _, c := range []struct {
		value any
		want  string
	}{
		{5.0, "<five> 00ff00 0"}, {12.0, "1,200% 000000 255"}, {0.5, "50% 000000 0"}, {"15", "15 000000 255"}, {1e6, "much 000000 0"}, {-1e6, "little 000000 0"},
		{"abbey", "re:abbey 000000 0"}, {"cab", "cab 000000 0"}, {math.NaN(), "NaN%! 000000 0"}, {nil, "null 000000 0"}, {"", "(empty) 000000 0"},
	} {
		cell := cellOf(worktest.Budget(), c.value, tableColumn{format: &percent, common: readCellSettings(worktest.Budget(), settings)}, rgb(0))
		if got := fmt.Sprintf("%s %02x%02x%02x %d", cell.text, cell.color.R, cell.color.G, cell.color.B, cell.background.A); got != c.want {
			t.Errorf("%v: got %s, want %s", c.value, got, c.want)
		}
	}
}

func TestColumnWidths(t *testing.T) {
	g := grid{tableLayout: tableLayouts["compact"], columns: []tableColumn{{width: 100}, {width: 200}, {width: 600}}}
	for width, want := range map[float64]string{1200: "[200 300 700]", 900: "[100 200 600]", 500: "[100 200 200]", 240: "[80 80 80]", 120: "[60 60]", 30: "[30]"} {
		if got := fmt.Sprint(g.widths(newCanvas(worktest.Budget(), image.NewRGBA(image.Rect(0, 0, 1, 1)), &lightPalette).at(0, 0, width, 100))); got != want {
			t.Errorf("%v: got %s, want %s", width, got, want)
		}
	}
}
