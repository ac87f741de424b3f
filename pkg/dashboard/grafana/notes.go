package grafana

import "github.com/perses/mcp-server/pkg/dashboard"

// notes are sentences for a report, each with the places it is true of, in the order in which they first came.
type notes struct {
	whats  []string
	places map[string][]string
	seen   map[note]bool
}

type note struct{ what, place string }

// add notes something of a place, or without one of the whole dashboard.
func (n *notes) add(what, place string) {
	if n.seen == nil {
		n.seen, n.places = map[note]bool{}, map[string][]string{}
	}
	if whole := (note{what: what}); !n.seen[whole] {
		n.seen[whole] = true
		n.whats = append(n.whats, what)
	}
	if !n.seen[note{what, place}] {
		n.seen[note{what, place}] = true
		n.places[what] = append(n.places[what], place)
	}
}

// maxPlaces is how many places a sentence names.
const maxPlaces = 8

// lines returns the sentences.
func (n *notes) lines() []string {
	var lines []string
	for _, what := range n.whats {
		if places := n.places[what]; len(places) > 0 {
			what += ": " + dashboard.JoinSome(places, maxPlaces, ", ")
		}
		lines = append(lines, what)
	}
	return lines
}
