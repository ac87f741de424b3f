package dashboard

import (
	"regexp"
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// ofLabel is where the format of the names of series has the value of a label: {{label}} (prometheus/src/utils/utils.ts).
var ofLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

// LegendLabels returns the labels whose values a format of the names of series asks for, as often as it does.
func LegendLabels(format string) []string {
	var labels []string
	for _, found := range ofLabel.FindAllStringSubmatch(format, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

// NameFormat is a format of the names of series, ready to be used for many of them.
type NameFormat struct {
	texts  []string // before each of the labels, and behind the last
	labels []string
}

// ParseNameFormat reads a format of the names of series.
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

// MaxSeriesName is how many bytes the name of a series has at the most: more than there is room for in a picture or an
// answer.
const MaxSeriesName = 2000

// Name returns the name of a series: with the values of labels in their places.
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
