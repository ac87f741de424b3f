package chart

import (
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/unit"
)

// tableCell is a cell as it is drawn.
type tableCell struct {
	text       string
	color      color.NRGBA // of the text
	background color.NRGBA // transparent for none
}

// cellOf returns the cell of a value, which is nil for none: written in the format of its column, and as the settings
// of the column or of the table say for it.
func cellOf(value any, format *unit.Format, settings []gjson.Result, text color.NRGBA) tableCell {
	cell := tableCell{text: plainText(value), color: text}
	if number, ok := value.(float64); ok && format != nil {
		cell.text = format.Text(number)
	}
	for _, setting := range settings {
		condition := setting.Get("condition")
		if !meets(value, condition) {
			continue
		}
		base := setting.Get("text").String()
		switch {
		case base != "":
		case value == nil && condition.Get("kind").Str == "Misc":
			base = "null"
		default:
			base = cell.text // which the UI writes without its format then
		}
		cell.text = setting.Get("prefix").String() + base + setting.Get("suffix").String()
		cell.color = colorOr(setting.Get("textColor").Str, text)
		cell.background = colorOr(setting.Get("backgroundColor").Str, color.NRGBA{})
		break
	}
	return cell
}

// plainText returns a value as JavaScript makes a text of it; nothing of none.
func plainText(value any) string {
	switch v := value.(type) {
	case float64:
		return unit.Format{}.Text(v)
	case string:
		return v
	}
	return ""
}

// meets tells whether a value meets a condition of the settings of cells (evaluateCondition in
// table/src/models/table-model.ts).
func meets(value any, condition gjson.Result) bool {
	spec := condition.Get("spec")
	switch condition.Get("kind").Str {
	case "Value":
		return value != nil && spec.Get("value").String() == plainText(value)
	case "Range":
		number, ok := numeric(value)
		low, high := spec.Get("min"), spec.Get("max")
		return ok && (low.Exists() || high.Exists()) &&
			(!low.Exists() || number >= low.Float()) && (!high.Exists() || number <= high.Float())
	case "Regex":
		pattern, err := regexp.Compile(spec.Get("expr").Str)
		return err == nil && spec.Get("expr").Str != "" && value != nil && pattern.MatchString(plainText(value))
	case "Misc":
		number, isNumber := value.(float64)
		switch spec.Get("value").String() {
		case "empty":
			return value == ""
		case "null":
			return value == nil
		case "NaN":
			return isNumber && math.IsNaN(number)
		}
	}
	return false
}

// numeric returns a value as a number, if it is one or a text that is: an empty text is 0 in JavaScript.
func numeric(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, !math.IsNaN(v)
	case string:
		if v = strings.TrimSpace(v); v == "" {
			return 0, true
		}
		number, err := strconv.ParseFloat(v, 64)
		return number, err == nil && !math.IsNaN(number)
	}
	return 0, false
}
