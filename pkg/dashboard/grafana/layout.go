package grafana

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// repeats makes panels repeat for each value of a variable. Perses migrates only the repeats of rows.
func (m *migration) repeats() {
	items := map[string]object{}
	for _, layout := range objectsOf(m.spec["layouts"]) {
		for _, item := range objectsOf(at(layout, "spec", "items")) {
			items[strings.TrimPrefix(text(at(item, "content", "$ref")), dashboard.PanelRef)] = item
		}
	}
	for _, p := range m.panels {
		variable, item := text(p.object["repeat"]), items[p.key]
		if variable == "" || item == nil {
			continue
		}
		repeat := object{"value": variable}
		if text(p.object["repeatDirection"]) == "v" {
			repeat["alignment"] = "vertical"
		} else if limit, err := strconv.Atoi(fmt.Sprint(p.object["maxPerRow"])); err == nil && limit > 0 {
			repeat["maxPer"] = limit
		}
		item["repeatVariable"] = repeat
		m.fixed.add("panels that repeat for a variable", p.name())
	}
}

// The size of a panel without one, as in Grafana, and the width of both grids.
const (
	defaultWidth, defaultHeight = 12, 8
	gridWidth                   = 24
)

// places moves panels without a position and size below the others. They would be invisible otherwise.
func (m *migration) places() {
	for _, layout := range objectsOf(m.spec["layouts"]) {
		var without []object
		bottom := 0
		for _, item := range objectsOf(at(layout, "spec", "items")) {
			if whole(item["width"]) <= 0 || whole(item["height"]) <= 0 {
				without = append(without, item)
				continue
			}
			bottom = max(bottom, whole(item["y"])+whole(item["height"]))
		}
		for i, item := range without {
			perLine := gridWidth / defaultWidth
			item["x"], item["y"] = i%perLine*defaultWidth, bottom+i/perLine*defaultHeight
			item["width"], item["height"] = defaultWidth, defaultHeight
		}
		if len(without) > 0 {
			m.fixed.add("panels without a position, now below the others", "")
		}
	}
}

// whole returns an integer, 0 for other values.
func whole(value any) int {
	number, _ := value.(json.Number)
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return 0
	}
	return n
}
