// Package nearest finds the names that somebody may have meant by one that does not exist.
package nearest

import "github.com/perses/mcp-server/pkg/work"

// most is how many names an error can list and still be read.
const most = 3

// longest is where something is no misspelt name any more, and would take long to compare: in bytes.
const longest = 200

// Names returns those of known that name may have been meant for, nearest first, three at the most.
// A name counts as near when at most a third of its characters (at least two) would have to change,
// or when one of the two contains the other; upper and lower case are the same.
//
// It takes about 100 ns for each known name. An Index takes less for several names.
func Names(name string, known []string) []string {
	return namesOf(func(int) bool { return true }, name, known)
}

// NamesWithin returns what Names does. It is incomplete if the budget ends.
func NamesWithin(budget *work.Budget, name string, known []string) []string {
	return namesOf(budget.Spend, name, known)
}

// namesOf searches names in the order that they have: for a single search, sorting them takes longer than it saves.
func namesOf(spend func(units int) bool, name string, known []string) []string {
	x := listed(spend, known)
	x.describe()
	return x.names(spend, name)
}
