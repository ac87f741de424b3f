package nearest

import (
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
)

// called are what people and other tools call what Perses has under another name, that its spelling does not give away:
// fields of specs, calculations and units.
var called = map[string]string{
	// fields
	"expr":          "query",
	"expression":    "query",
	"legendFormat":  "seriesNameFormat",
	"legend_format": "seriesNameFormat",
	"interval":      "minStep",
	"step":          "minStep",
	"label":         "labelName",
	"content":       "text",
	"unit":          "format.unit",
	"decimals":      "format.decimalPlaces",
	// calculations
	"avg":       "mean",
	"average":   "mean",
	"mean()":    "mean",
	"current":   "last",
	"latest":    "last",
	"lastValue": "last",
	"total":     "sum",
	// units
	"percentunit": "percent-decimal",
	"ratio":       "percent-decimal",
	"s":           "seconds",
	"ms":          "milliseconds",
	"short":       "decimal",
	"none":        "decimal",
	"number":      "decimal",
	"Bps":         "bytes/sec",
	"bps":         "bits/sec",
	"reqps":       "requests/sec",
	"rps":         "requests/sec",
	"req/s":       "requests/sec",
	"ops":         "ops/sec",
	"byte":        "bytes",
	"B":           "bytes",
	"currencyUSD": "usd",
	// orders of values
	"asc":  "alphabetical-asc",
	"desc": "alphabetical-desc",
	// panels
	"graph":      "TimeSeriesChart",
	"Graph":      "TimeSeriesChart",
	"LineChart":  "TimeSeriesChart",
	"Line":       "TimeSeriesChart",
	"Singlestat": "StatChart",
	"singlestat": "StatChart",
	"Text":       "Markdown",
	"text":       "Markdown",
}

// Meant returns the one of the known names that somebody means who writes name: what Perses calls it, or else the nearest
// of them, or the only one that has all of its words; "" if there is none. To a name such as x, nothing is near.
func Meant(name string, known []string) string {
	for _, k := range known {
		if k == called[name] {
			return k
		}
	}
	const short = 2
	for _, k := range Names(name, known) {
		if len(name) > short && strings.Contains(strings.ToLower(k), strings.ToLower(name)) || levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(k)) < len(name) {
			return k
		}
	}
	found := ""
	for _, k := range known {
		if words := words.FindAllString(name, -1); len(words) > 1 && hasAll(k, words) {
			if found != "" {
				return ""
			}
			found = k
		}
	}
	return found
}

// words matches the words of a name such as PrometheusTimeSeriesQuery.
var words = regexp.MustCompile(`[A-Z][a-z]+`)

func hasAll(name string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(name, w) {
			return false
		}
	}
	return true
}

// Typo tells whether one name is most likely the other, misspelt: but for one of three letters, and two at the most.
func Typo(name, other string) bool {
	const most = 2
	distance := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(other))
	return distance <= most && 3*distance <= len(name)
}

// Called returns what Perses calls what others call name, "" if that is not known here.
func Called(name string) string { return called[name] }
