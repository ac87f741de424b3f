package nearest

import (
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/perses/mcp-server/pkg/work"
)

// Meant returns the one of the known names that somebody means who writes name: the nearest of them, or the only one that
// has all of its words; "" if there is none. To a name such as x, nothing is near.
func Meant(name string, known []string) string { return meant(name, Names(name, known), known) }

// Meant returns what the function Meant does. It returns "" if the budget ends.
func (x *Index) Meant(budget *work.Budget, name string) string {
	near := x.Names(budget, name)
	if !budget.Spend(len(x.known)) {
		return ""
	}
	return meant(name, near, x.known)
}

// meant returns the one that is meant of the known names, of which some are near.
func meant(name string, near, known []string) string {
	const short = 2
	lower := strings.ToLower(name)
	for _, k := range near {
		if len(name) > short && strings.Contains(strings.ToLower(k), lower) || levenshtein.ComputeDistance(lower, strings.ToLower(k)) < len(name) {
			return k
		}
	}
	if len(name) > longest {
		return ""
	}
	words := words.FindAllString(name, -1)
	if len(words) < 2 {
		return ""
	}
	found := ""
	for _, k := range known {
		if hasAll(k, words) {
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
	if max(utf8.RuneCountInString(name)-utf8.RuneCountInString(other), utf8.RuneCountInString(other)-utf8.RuneCountInString(name)) > most {
		return false
	}
	distance := levenshtein.ComputeDistance(strings.ToLower(name), strings.ToLower(other))
	return distance <= most && 3*distance <= len(name)
}
