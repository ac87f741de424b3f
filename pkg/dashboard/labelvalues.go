package dashboard

import (
	"regexp"
	"strings"
)

var labelValues = regexp.MustCompile(`(?s)^\s*label_values\(\s*(?:(.*),)?\s*(\w+)\s*\)\s*$`)

// LabelValues parses Grafana's label_values(selector, label) like Perses' migration, but allows spaces around it. The selector
// is empty for the label of all series.
func LabelValues(query string) (selector, label string, ok bool) {
	match := labelValues.FindStringSubmatch(query)
	if match == nil {
		return "", "", false
	}
	return strings.TrimSpace(match[1]), match[2], true
}
