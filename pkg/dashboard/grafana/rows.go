package grafana

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// The sizes in dashboards before Grafana 5, as Grafana's own migration converts them (public/app/features/dashboard/state/
// DashboardMigrator.ts): the height of a row is in pixels, with cells of 38; the width of a panel is in twelfths.
const (
	cellHeight = 38
	oldHeight  = 250
	oldSpan    = 4
	oldWidth   = 12
)

// fromRows converts the rows of a dashboard before Grafana 5 to the current list of panels. It keeps the rows if any of them has a
// visible title, is collapsed or repeats.
func fromRows(rows []object) []any {
	seen := false
	for _, row := range rows {
		seen = seen || row["showTitle"] == true || row["collapse"] == true || text(row["repeat"]) != ""
	}
	var list []any
	y := 0
	for _, row := range rows {
		height := heightOf(row["height"])
		x := 0
		var panels []any
		for _, p := range objectsOf(row["panels"]) {
			span := whole(p["span"])
			if span <= 0 || span > oldWidth {
				span = oldSpan
			}
			width := span * gridWidth / oldWidth
			if x+width > gridWidth {
				x, y = 0, y+height
			}
			p["gridPos"] = object{"x": cells(x), "y": cells(y), "w": cells(width), "h": cells(height)}
			x += width
			panels = append(panels, p)
		}
		y += height
		if !seen {
			list = append(list, panels...)
			continue
		}
		header := object{"type": "row", "title": row["title"], "repeat": row["repeat"], "collapsed": row["collapse"] == true}
		if header["collapsed"] == true {
			header["panels"], panels = panels, nil
		}
		list = append(append(list, header), panels...)
	}
	return list
}

// heightOf converts the height of a row, such as 250 or "250px", to cells of the grid.
func heightOf(value any) int {
	written, _ := value.(json.Number)
	if s := text(value); s != "" {
		written = json.Number(strings.TrimSuffix(s, "px"))
	}
	pixels, err := strconv.ParseFloat(written.String(), 64)
	if err != nil || !(pixels > 0 && pixels < 1e5) {
		pixels = oldHeight
	}
	return int(math.Ceil(pixels / cellHeight))
}

func cells(n int) json.Number { return json.Number(strconv.Itoa(n)) }
