package dashboard

import (
	"regexp"
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// ofLabel matches the placeholder for a label's value in a format of series names: {{label}} (prometheus/src/utils/utils.ts).
var ofLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

// LegendLabels returns the labels in a format of series names, with duplicates.
func LegendLabels(format string) []string {
	var labels []string
	for _, found := range ofLabel.FindAllStringSubmatch(format, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

// NameFormat is a parsed format of series names.
type NameFormat struct {
	texts  []string // before each label, and after the last
	labels []string
}

// ParseNameFormat parses a format of series names.
func ParseNameFormat(format string) NameFormat {
	var f NameFormat
	done := 0
	for _, found := range ofLabel.FindAllStringSubmatchIndex(format, -1) {
		f.texts = append(f.texts, format[done:found[0]])
		f.labels = append(f.labels, format[found[2]:found[3]])
		done = found[1]
	}
	f.texts = append(f.texts, format[done:])
	return f
}

// MaxSeriesName is the maximum length of a series name in bytes. Neither pictures nor answers have room for more.
const MaxSeriesName = 2000

// Name returns the name of a series with these values of labels.
func (f NameFormat) Name(budget *work.Budget, value func(label string) string) string {
	var b strings.Builder
	for i, text := range f.texts {
		b.WriteString(Clip(text, MaxSeriesName))
		if i < len(f.labels) {
			b.WriteString(Clip(value(f.labels[i]), MaxSeriesName))
		}
		if !budget.Spend(10) || b.Len() > MaxSeriesName {
			break
		}
	}
	return Clip(b.String(), MaxSeriesName)
}
