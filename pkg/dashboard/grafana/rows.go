package grafana

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"
)

// What Grafana's own migration of its dashboards before version 5 makes of sizes (public/app/features/dashboard/state/
// DashboardMigrator.ts): a row is as high as its pixels say, in cells of 38; the width of a panel was counted in twelfths.
const (
	cellHeight = 38
	oldHeight  = 250
	oldSpan    = 4
	oldWidth   = 12
)

// fromRows returns the panels of a dashboard of a Grafana before 5, which has them in rows, as newer ones have them. Rows are
// kept where one of them says that it is seen.
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

// heightOf returns the height of a row, 250 or "250px", in cells of the grid.
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
