package dashboard_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

// drawn formats rows, with items as panel@x,y+width×height.
func drawn(t testing.TB, rows []dashboard.Row) string {
	var b strings.Builder
	for _, row := range rows {
		fmt.Fprintf(&b, "%s:", row.Title)
		for _, it := range row.Items {
			fmt.Fprintf(&b, " %s@%d,%d+%d×%d", replaced(t, it.Values, it.Panel), it.X, it.Y, it.Width, it.Height)
		}
		b.WriteString("\n")
	}
	return strings.TrimSpace(b.String())
}

func TestExpand(t *testing.T) {
	values := dashboard.Values{"job": {Values: []string{"a", "b", "c"}, IsList: true}, "one": dashboard.Single("x"), "none": {IsList: true}}
	item := func(panel string, x, y, width, height int) dashboard.Item {
		return dashboard.Item{Panel: panel, Place: dashboard.Place{X: x, Y: y, Width: width, Height: height}}
	}
	repeated := func(it dashboard.Item, variable string, perLine int) dashboard.Item {
		it.Repeat, it.PerLine = variable, perLine
		return it
	}
	for name, c := range map[string]struct {
		row  dashboard.Row
		want string
	}{
		"nothing to repeat":  {dashboard.Row{Title: "$one of $job", Items: []dashboard.Item{item("p", 0, 0, 12, 4)}}, "x of (a|b|c): p@0,0+12×4"},
		"holes are closed":   {dashboard.Row{Items: []dashboard.Item{item("r", 12, 9, 12, 2), item("p", 0, 3, 12, 4), item("q", 0, 20, 24, 1)}}, ": p@0,0+12×4 r@12,0+12×2 q@0,4+24×1"},
		"overlaps are moved": {dashboard.Row{Items: []dashboard.Item{item("p", 0, 0, 12, 4), item("q", 6, 2, 12, 4)}}, ": p@0,0+12×4 q@6,4+12×4"},
		"a row":              {dashboard.Row{Title: "$job", Repeat: "job", Items: []dashboard.Item{item("p$job", 0, 0, 12, 4)}}, "a: pa@0,0+12×4\nb: pb@0,0+12×4\nc: pc@0,0+12×4"},
		"of one value":       {dashboard.Row{Title: "$one", Repeat: "one", Items: []dashboard.Item{item("p", 0, 0, 1, 1)}}, "x: p@0,0+1×1"},
		"of no value":        {dashboard.Row{Repeat: "none", Items: []dashboard.Item{item("p", 0, 0, 1, 1)}}, ": p@0,0+1×1"},
		"of nobody":          {dashboard.Row{Repeat: "gone", Items: []dashboard.Item{item("p", 0, 0, 1, 1)}}, ": p@0,0+1×1"},
		"a panel": {dashboard.Row{Items: []dashboard.Item{repeated(item("p$job", 12, 0, 12, 4), "job", 0), item("q", 12, 4, 12, 1)}},
			": pa@12,0+4×4 pb@16,0+4×4 pc@20,0+4×4 q@12,4+12×1"},
		"a panel in lines": {dashboard.Row{Items: []dashboard.Item{repeated(item("p$job", 0, 0, 12, 4), "job", 2), item("q", 0, 4, 12, 1)}},
			": pa@0,0+6×4 pb@6,0+6×4 pc@0,4+6×4 q@0,8+12×1"},
		"a panel downwards": {dashboard.Row{Items: []dashboard.Item{repeated(item("p$job", 0, 0, 12, 4), "job", 1)}}, ": pa@0,0+12×4 pb@0,4+12×4 pc@0,8+12×4"},
		"a narrow panel":    {dashboard.Row{Items: []dashboard.Item{repeated(item("p$job", 0, 0, 2, 1), "job", 0)}}, ": pa@0,0+1×1 pb@1,0+1×1 pc@0,1+1×1"},
		"a panel in a row of the same": {dashboard.Row{Repeat: "job", Items: []dashboard.Item{repeated(item("p$job", 0, 0, 2, 1), "job", 0)}},
			": pa@0,0+2×1\n: pb@0,0+2×1\n: pc@0,0+2×1"},
	} {
		rows, notes := dashboard.Dashboard{Rows: []dashboard.Row{c.row}}.Expand(worktest.Budget(), values)
		if got := drawn(t, rows); got != c.want || notes != nil {
			t.Errorf("%s: got\n%s %v\nwant\n%s", name, got, notes, c.want)
		}
	}
}

func TestMaxRepeats(t *testing.T) {
	many := dashboard.Value{IsList: true}
	for i := range 25 {
		many.Values = append(many.Values, fmt.Sprint(i))
	}
	d := dashboard.Dashboard{Rows: []dashboard.Row{{Repeat: "host", Items: []dashboard.Item{{Panel: "p", Place: dashboard.Place{Width: 1, Height: 1}}}}}}
	rows, notes := d.Expand(worktest.Budget(), dashboard.Values{"host": many})
	if want := "repeated for the first 20 values of host, but not for the other 5; choose fewer values"; len(rows) != 20 || len(notes) != 1 || notes[0] != want {
		t.Errorf("got %d rows, %q", len(rows), notes)
	}
}

// TestMaxItems expands repeated panels in repeated rows.
func TestMaxItems(t *testing.T) {
	var many []string
	for n := range 20 {
		many = append(many, strings.Repeat("x", n+1))
	}
	d := dashboard.Dashboard{Panels: map[string]dashboard.Panel{"p": {Key: "p"}}, Rows: []dashboard.Row{{Repeat: "v"}}}
	for range 100 {
		d.Rows[0].Items = append(d.Rows[0].Items, dashboard.Item{Panel: "p", Place: dashboard.Place{Width: 20, Height: 1}, Repeat: "v"})
	}
	rows, notes := d.Expand(worktest.Budget(), dashboard.Values{"v": {Values: many, IsList: true}})
	count := 0
	for _, row := range rows {
		count += len(row.Items)
	}
	if count < 500 || count > 520 || len(notes) != 1 || !strings.Contains(notes[0], fmt.Sprintf("the first %d panels", count)) {
		t.Errorf("got %d items and the notes %q", count, notes)
	}
}
