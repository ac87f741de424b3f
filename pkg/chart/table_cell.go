package chart

import (
	"image/color"
	"math"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// tableCell is a cell as it is drawn.
type tableCell struct {
	text       string
	color      color.NRGBA // of the text
	background color.NRGBA // transparent for none
}

// cellSetting is what the settings of a column or of a table say of cells.
type cellSetting struct {
	meets                func(value any) bool
	text, prefix, suffix string
	null                 bool // whether it is written what is null
	color, background    string
}

// maxCellText is the maximum number of bytes that are read of a text from the settings of a cell.
const maxCellText = 1000

// readCellSettings reads a list of settings. Their patterns spend from the budget when they are matched.
func readCellSettings(budget *work.Budget, list gjson.Result) (settings []cellSetting) {
	for _, setting := range list.Array() {
		if !budget.Spend(200 + 5*len(setting.Raw)) {
			break
		}
		text := func(name string) string { return dashboard.Clip(setting.Get(name).String(), maxCellText) }
		condition := setting.Get("condition")
		settings = append(settings, cellSetting{
			meets: conditionOf(budget, condition),
			text:  text("text"), prefix: text("prefix"), suffix: text("suffix"),
			null:  condition.Get("kind").Str == "Misc",
			color: setting.Get("textColor").Str, background: setting.Get("backgroundColor").Str,
		})
	}
	return settings
}

// cellOf returns the cell of a value, which is nil for none: written in the format of its column, and as the settings
// of the column or of the table say for it.
func cellOf(budget *work.Budget, value any, column tableColumn, text color.NRGBA) tableCell {
	cell := tableCell{text: plainText(value), color: text}
	if number, ok := value.(float64); ok && column.format != nil {
		cell.text = column.format.Text(number)
	}
	for _, settings := range [][]cellSetting{column.settings, column.common} {
		if !budget.Spend(5 * len(settings)) {
			return cell
		}
		for _, setting := range settings {
			if !setting.meets(value) {
				continue
			}
			base := setting.text
			switch {
			case base != "":
			case value == nil && setting.null:
				base = "null"
			default:
				base = cell.text // which the UI writes without its format then
			}
			cell.text = setting.prefix + base + setting.suffix
			cell.color = colorOr(setting.color, text)
			cell.background = colorOr(setting.background, color.NRGBA{})
			return cell
		}
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

// conditionOf returns what tells whether a value meets a condition of the settings of cells (evaluateCondition in
// table/src/models/table-model.ts).
func conditionOf(budget *work.Budget, condition gjson.Result) func(value any) bool {
	spec := condition.Get("spec")
	switch condition.Get("kind").Str {
	case "Value":
		wanted := spec.Get("value").String()
		return func(value any) bool { return value != nil && wanted == plainText(value) }
	case "Range":
		low, high := spec.Get("min"), spec.Get("max")
		least, most := low.Float(), high.Float()
		return func(value any) bool {
			number, ok := numeric(value)
			return ok && (low.Exists() || high.Exists()) && (!low.Exists() || number >= least) && (!high.Exists() || number <= most)
		}
	case "Regex":
		if pattern, err := work.Compile(budget, spec.Get("expr").Str); err == nil && spec.Get("expr").Str != "" {
			return func(value any) bool { return value != nil && pattern.Match(budget, plainText(value)) }
		}
	case "Misc":
		switch spec.Get("value").String() {
		case "empty":
			return func(value any) bool { return value == "" }
		case "null":
			return func(value any) bool { return value == nil }
		case "NaN":
			return func(value any) bool {
				number, isNumber := value.(float64)
				return isNumber && math.IsNaN(number)
			}
		}
	}
	return func(any) bool { return false }
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
