package chart

import (
	"fmt"
	"image"
	"math"
	"testing"

	"github.com/prometheus/common/model"

	"github.com/perses/mcp-server/pkg/work/worktest"
)

// flips returns series that go from one value to the next, each after some minutes.
func flips(count int, values ...float64) QueryResult {
	result := constant(make([]float64, count)...)
	for i, s := range result.Series {
		for j := range s.Points {
			s.Points[j].Value = model.SampleValue(values[(j/(7+i%5)+i)%len(values)])
		}
		result.Series[i].Points = append(s.Points[:20:20], s.Points[26:]...) // with a gap
	}
	return result
}

func TestStatusSamples(t *testing.T) {
	const mapped = `"mappings":[{"kind":"Value","spec":{"value":"0","result":{"value":"down","color":"#ea4747"}}},{"kind":"Value","spec":{"value":"1","result":{"value":"up","color":"#2fbf71"}}}]`
	drawSamples(t, []sample{
		{"status-mapped", chart("StatusHistoryChart", `{"legend":{"position":"bottom"},`+mapped+`}`, flips(4, 1, 1, 1, 0))},
		{"status-plain", chart("StatusHistoryChart", `{}`, flips(1, 1, 2, 3, math.NaN()))},
		{"status-many", chart("StatusHistoryChart", `{"legend":{"position":"right"}}`, flips(40, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10))},
	})
}

func TestStatuses(t *testing.T) {
	const mapped = `{"mappings":[{"kind":"Value","spec":{"value":"0","result":{"value":"down","color":"#ff0000"}}}]}`
	query := constant(0, 1, math.NaN())
	for i := range query.Series {
		query.Series[i].Name = ""
		query.Series[i].Points = append(query.Series[i].Points[:20:20], query.Series[i].Points[40:]...)
	}
	p := chart("StatusHistoryChart", mapped, query)
	states := statesOf(worktest.Budget(), p, Light.palette())
	got := ""
	for _, item := range states.order {
		got += fmt.Sprintf("%s %02x%02x%02x, ", item.name, item.color.R, item.color.G, item.color.B)
	}
	if want := "down ff0000, 1 009e73, NaN 0072b2, "; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	_, pixels := content(p, 212+timesBeyond, 90+timesHeight)      // of which 200 x 90 are for the cells
	for i, want := range []string{"0072b2", "009e73", "ff0000"} { // the first series is at the bottom
		if got := hex(pixels, valueMargin+30, i*30+15); got != want {
			t.Errorf("row %d: got %s, want %s", i, got, want)
		}
		if got := hex(pixels, valueMargin+95, i*30+15); got != "ffffff" {
			t.Errorf("row %d, where nothing is known: got %s", i, got)
		}
	}
}

// TestStatusNote holds that a narrow panel says in full how many series it leaves out.
func TestStatusNote(t *testing.T) {
	c, pixels := content(chart("StatusHistoryChart", `{}`, flips(40, 1, 2)), 120, 60)
	var ink extent
	for x := range int(c.width) {
		if counted(pixels, image.Rect(x, 0, x+1, statusRow), "3e4662") > 0 { // the colour of secondary text
			ink.add(float64(x))
		}
	}
	if want := (textStyle{size: smallSize}).measure("and 37 more") - 5; ink.max-ink.min < want {
		t.Errorf("the note goes from %v to %v, which is less than %v pixels", ink.min, ink.max, want)
	}
}
