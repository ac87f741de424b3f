package dashboard

import "regexp"

// ofLabel is where the format of the names of series has the value of a label: {{label}} (prometheus/src/utils/utils.ts).
var ofLabel = regexp.MustCompile(`\{\{\s*(.+?)\s*\}\}`)

// LabelsOf returns the labels whose values a format of the names of series asks for, as often as it does.
func LabelsOf(format string) []string {
	var labels []string
	for _, found := range ofLabel.FindAllStringSubmatch(format, -1) {
		labels = append(labels, found[1])
	}
	return labels
}

// NameOf returns the name of a series in a format: with the values of labels in their places.
func NameOf(format string, value func(label string) string) string {
	return ofLabel.ReplaceAllStringFunc(format, func(found string) string { return value(ofLabel.FindStringSubmatch(found)[1]) })
}
