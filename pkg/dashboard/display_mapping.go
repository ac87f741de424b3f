package dashboard

import (
	"fmt"
	"maps"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/prometheus/common/model"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/unit"
	"github.com/perses/mcp-server/pkg/work"
)

// Mappings replace values by texts and colors.
type Mappings []mapping

// mapping replaces matching values by a color and, unless it is empty, a text.
type mapping struct {
	match       func(value float64, written string) bool
	pattern     *work.Pattern // if set, it matches instead, and text is a Go template for its first match
	text, color string
}

// Mappings returns the value mappings of the panel, in order. It omits invalid ones and those with a pattern that Go does not
// support.
func (p Panel) Mappings(budget *work.Budget) Mappings {
	var mappings Mappings
	for _, option := range p.Option("mappings").Array() {
		if !budget.Spend(100 + len(option.Raw)) {
			break
		}
		if m, ok := parseMapping(budget, option.Get("kind").Str, option.Get("spec")); ok {
			mappings = append(mappings, m)
		}
	}
	return mappings
}

// parseMapping parses a mapping of one of the four kinds (shared/components/src/model/value-mapping.ts).
func parseMapping(budget *work.Budget, kind string, spec gjson.Result) (mapping, bool) {
	m := mapping{text: Clip(spec.Get("result.value").String(), maxShown), color: TextOf(spec.Get("result.color"))}
	value := spec.Get("value").String()
	switch kind {
	case "Value":
		m.match = func(_ float64, written string) bool { return written == value }
	case "Range":
		from, to := bound(spec.Get("from"), math.Inf(-1)), bound(spec.Get("to"), math.Inf(1))
		if !spec.Get("from").Exists() && !spec.Get("to").Exists() {
			return m, false
		}
		m.match = func(number float64, _ string) bool { return number >= from && number <= to }
	case "Regex":
		pattern, err := parsePattern(budget, spec.Get("pattern").Str)
		if err != nil || spec.Get("pattern").Str == "" {
			return m, false
		}
		m.pattern, m.text = pattern, template(m.text)
	case "Misc": // the other values, empty, null, true and false, match no number
		m.match = func(number float64, _ string) bool { return value == "NaN" && math.IsNaN(number) }
	default:
		return m, false
	}
	return m, true
}

func bound(option gjson.Result, none float64) float64 {
	if option.Type != gjson.Number {
		return none
	}
	return option.Num
}

// Apply returns the text and the color for a value; both may be empty. The last matching mapping wins, except that its empty
// text does not replace an earlier one (shared/components/src/utils/value-mapping.ts).
func (m Mappings) Apply(budget *work.Budget, value float64) (text, color string) {
	if len(m) == 0 || !budget.Spend(10+len(m)/2) {
		return "", ""
	}
	written := unit.Format{}.Text(value)
	for _, mapping := range m {
		replaced := mapping.text
		if mapping.pattern != nil {
			match := mapping.pattern.Find(budget, written)
			if match == nil {
				continue
			}
			replaced = written[:match[0]] + mapping.pattern.Expand(mapping.text, written, match) + written[match[1]:]
		} else if !mapping.match(value, written) {
			continue
		}
		color = mapping.color
		if replaced != "" {
			text = replaced
		}
	}
	return text, color
}

// parsePattern parses a regular expression in Perses' format: /pattern/flags, or a pattern that must match the whole text
// (shared/components/src/utils/regexp.ts).
func parsePattern(budget *work.Budget, text string) (*work.Pattern, error) {
	if !strings.HasPrefix(text, "/") {
		return work.Compile(budget, "^"+text+"$")
	}
	end := strings.LastIndex(text, "/")
	pattern, flags := text[min(1, end):end], text[end+1:]
	if pattern == "" || strings.Trim(flags, "gimy") != "" {
		return nil, fmt.Errorf("%q is not a regular expression; use /pattern/flags with the flags g, i, m and y", text)
	}
	for _, flag := range []string{"i", "m"} { // g and y affect only later matches
		if strings.Contains(flags, flag) {
			pattern = "(?" + flag + ")" + pattern
		}
	}
	return work.Compile(budget, pattern)
}

// reference matches a reference to a group in a JavaScript replacement.
var reference = regexp.MustCompile(`\$(\$|&|[0-9]{1,2})?`)

// template converts a JavaScript replacement to a Go template.
func template(text string) string {
	return reference.ReplaceAllStringFunc(text, func(found string) string {
		switch name := found[1:]; name {
		case "", "$":
			return "$$"
		case "&":
			return "${0}"
		default:
			return "${" + strings.TrimPrefix(name, "0") + "}"
		}
	})
}

// sortedLabels returns the label names in Prometheus' order.
func sortedLabels(labels model.Metric) []model.LabelName {
	return slices.Sorted(maps.Keys(labels))
}
