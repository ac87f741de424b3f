package grafana

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// panelRef is what a reference to a panel begins with.
const panelRef = "#/spec/panels/"

// repeats lets panels stand once for each value of a variable, as rows do that Perses migrates.
func (m *mending) repeats() {
	items := map[string]object{}
	for _, layout := range objectsOf(m.spec["layouts"]) {
		for _, item := range objectsOf(at(layout, "spec", "items")) {
			items[strings.TrimPrefix(text(at(item, "content", "$ref")), panelRef)] = item
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
		} else if most, err := strconv.Atoi(fmt.Sprint(p.object["maxPerRow"])); err == nil && most > 0 {
			repeat["maxPer"] = most
		}
		item["repeatVariable"] = repeat
		m.fixed.add("panels repeated for a variable", p.name())
	}
}

// The size of a panel that says none, as in Grafana half the width; and how wide the grid of both is.
const (
	defaultWidth, defaultHeight = 12, 8
	gridWidth                   = 24
)

// places gives a place below the others to panels without one, which would not be seen.
func (m *mending) places() {
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
			m.fixed.add("panels without a place put below the others", "")
		}
	}
}

// whole returns a whole number; anything else is 0.
func whole(value any) int {
	number, _ := value.(json.Number)
	n, err := strconv.Atoi(number.String())
	if err != nil {
		return 0
	}
	return n
}
