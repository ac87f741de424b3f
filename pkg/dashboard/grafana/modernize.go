package grafana

import (
	"encoding/json"
	"strings"
)

// modernize converts the display options of panels from old versions of Grafana to the current format, which Perses' migration
// expects: those of graph panels, singlestat panels including their type, and the content of text panels.
func modernize(p object) {
	switch text(p["type"]) {
	case "graph":
		axes := append(objectsOf(p["yaxes"]), object{})
		set(p, axes[0]["format"], "fieldConfig", "defaults", "unit")
		set(p, number(axes[0]["min"]), "fieldConfig", "defaults", "min")
		set(p, number(axes[0]["max"]), "fieldConfig", "defaults", "max")
		if legend, ok := p["legend"].(object); ok && legend["show"] != false {
			set(p, true, "options", "legend", "showLegend")
		}
		set(p, number(p["linewidth"]), "fieldConfig", "defaults", "custom", "lineWidth")
		if fill := whole(p["fill"]); fill > 0 && fill <= 10 {
			set(p, fill*10, "fieldConfig", "defaults", "custom", "fillOpacity")
		}
		if p["stack"] == true {
			set(p, "normal", "fieldConfig", "defaults", "custom", "stacking", "mode")
		}
		if p["bars"] == true {
			set(p, "bars", "fieldConfig", "defaults", "custom", "drawStyle")
		}
	case "text": // Perses reads the content from here unless there is a mode
		set(p, text(p["content"]), "options", "content")
		delete(p, "mode")
	case "singlestat":
		p["type"] = "stat"
		if at(p, "gauge", "show") == true {
			p["type"] = "gauge"
			set(p, number(at(p, "gauge", "minValue")), "fieldConfig", "defaults", "min")
			set(p, number(at(p, "gauge", "maxValue")), "fieldConfig", "defaults", "max")
		}
		set(p, p["format"], "fieldConfig", "defaults", "unit")
		set(p, p["decimals"], "fieldConfig", "defaults", "decimals")
		set(p, oldThresholds(p), "fieldConfig", "defaults", "thresholds")
		if at(p, "sparkline", "show") == true {
			set(p, "area", "options", "graphMode")
		}
		calculation, ok := map[string]string{"avg": "mean", "total": "sum", "min": "min", "max": "max", "first": "first"}[text(p["valueName"])]
		if !ok {
			calculation = "lastNotNull"
		}
		set(p, object{"calcs": []any{calculation}}, "options", "reduceOptions")
	}
}

// oldThresholds converts the thresholds of a singlestat, such as "80,90" with a color for each range, to the current format. It
// returns nil if there are none.
func oldThresholds(p object) any {
	colors, _ := p["colors"].([]any)
	steps := []any{}
	for i, threshold := range strings.Split(text(p["thresholds"]), ",") {
		value, color := number(strings.TrimSpace(threshold)), ""
		if i+1 < len(colors) {
			color = text(colors[i+1])
		}
		if value == nil || color == "" {
			return nil
		}
		steps = append(steps, object{"value": value, "color": color})
	}
	return object{"mode": "absolute", "steps": steps}
}

// set sets a value at a path of keys, unless the value is nil or there is one already.
func set(below object, value any, keys ...string) {
	if value == nil || value == "" {
		return
	}
	for _, key := range keys[:len(keys)-1] {
		next, ok := below[key].(object)
		if !ok {
			if below[key] != nil {
				return
			}
			next = object{}
			below[key] = next
		}
		below = next
	}
	if last := keys[len(keys)-1]; below[last] == nil {
		below[last] = value
	}
}

// number returns a number, which may be in a string, and nil for other values.
func number(value any) any {
	written, ok := value.(json.Number)
	if !ok {
		written = json.Number(text(value))
	}
	if _, err := written.Float64(); err != nil || !json.Valid([]byte(written)) {
		return nil
	}
	return written
}
