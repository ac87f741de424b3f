package nearest

import (
	"regexp"
	"strings"

	"github.com/agnivade/levenshtein"
)

// Meant returns the one of the known names that somebody means who writes name: the nearest of them, or the only one that
// has all of its words; "" if there is none. To a name such as x, nothing is near.
func Meant(name string, known []string) string {
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
