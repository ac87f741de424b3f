package series_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/series"
)

var nan, inf = math.NaN(), math.Inf(1)

func points(values ...float64) []model.SamplePair {
	var points []model.SamplePair
	for i, v := range values {
		points = append(points, model.SamplePair{Timestamp: model.Time(i * 15000), Value: model.SampleValue(v)})
	}
	return points
}

func TestCalculations(t *testing.T) {
	all := []series.Calculation{"first", "last", "first-number", "last-number", "mean", "sum", "min", "max", "", "average"}
	for _, c := range []struct {
		values []float64
		want   string // of each of all
	}{
		{[]float64{4, 1, 9, 2}, "4 2 4 2 4 16 1 9 2 2"},
		{[]float64{-1}, "-1 -1 -1 -1 -1 -1 -1 -1 -1 -1"},
		{[]float64{1, nan, 3}, "1 3 1 3 NaN NaN NaN NaN 3 3"},
		{[]float64{nan, 2}, "NaN 2 NaN 2 NaN NaN NaN NaN 2 2"},
		{[]float64{2, nan}, "2 NaN 2 NaN NaN NaN NaN NaN NaN NaN"},
		{[]float64{1, inf}, "1 +Inf 1 +Inf +Inf +Inf 1 +Inf +Inf +Inf"},
		{[]float64{inf, -inf}, "+Inf -Inf +Inf -Inf NaN NaN -Inf +Inf -Inf -Inf"},
	} {
		var got string
		for i, calculation := range all {
			value, ok := calculation.Of(points(c.values...))
			if !ok {
				t.Errorf("%s of %v is nothing", calculation, c.values)
			}
			if i > 0 {
				got += " "
			}
			got += fmt.Sprint(value)
		}
		if got != c.want {
			t.Errorf("of %v: got %s, want %s", c.values, got, c.want)
		}
	}
	for _, calculation := range all {
		if value, ok := calculation.Of(nil); ok || value != 0 {
			t.Errorf("%s of no points: got %v, %v", calculation, value, ok)
		}
	}
}

func TestCalculationLabels(t *testing.T) {
	var got string
	for _, c := range series.Calculations() {
		got += c.Label() + ", "
	}
	if want := "Avg, First, First *, Last, Last *, Min, Max, Sum, "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := series.Calculation("p95").Label(); got != "p95" {
		t.Errorf("an unknown one: got %q", got)
	}
}

func TestSummarize(t *testing.T) {
	for _, c := range []struct {
		values []float64
		want   series.Summary
	}{
		{nil, series.Summary{}},
		{[]float64{nan, nan}, series.Summary{NaN: 2}},
		{[]float64{nan, 4, 1, nan, 9, 2, nan}, series.Summary{First: 4, Last: 2, Min: 1, Max: 9, Mean: 4, Count: 4, NaN: 3}},
		{[]float64{-3}, series.Summary{First: -3, Last: -3, Min: -3, Max: -3, Mean: -3, Count: 1}},
		{[]float64{inf, 1}, series.Summary{First: inf, Last: 1, Min: 1, Max: inf, Mean: inf, Count: 2}},
	} {
		if got := series.Summarize(points(c.values...)); got != c.want {
			t.Errorf("%v: got %+v, want %+v", c.values, got, c.want)
		}
	}
}
