// Package nearest finds the names that somebody may have meant by one that does not exist.
package nearest

import (
	"cmp"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
)

// most is how many names an error can list and still be read.
const most = 3

// longest is where something is no misspelt name any more, and would take long to compare.
const longest = 200

// Names returns those of known that name may have been meant for, nearest first, three at the most.
// A name counts as near when at most a third of its characters (at least two) would have to change,
// or when one of the two contains the other; upper and lower case are the same.
func Names(name string, known []string) []string {
	type candidate struct {
		name     string
		distance int
	}
	if len(name) > longest {
		return nil
	}
	var near []candidate
	wanted := strings.ToLower(name)
	for _, k := range known {
		have := strings.ToLower(k)
		distance := levenshtein.ComputeDistance(wanted, have)
		contained := wanted != "" && have != "" && (strings.Contains(have, wanted) || strings.Contains(wanted, have))
		if contained || distance <= max(2, len(wanted)/3) {
			near = append(near, candidate{k, distance})
		}
	}
	slices.SortStableFunc(near, func(a, b candidate) int { return cmp.Compare(a.distance, b.distance) })
	var names []string
	for _, c := range near[:min(len(near), most)] {
		names = append(names, c.name)
	}
	return names
}
