package grafana

import "github.com/perses/mcp-server/pkg/dashboard"

// notes are sentences of a report with the places they apply to, in order of first occurrence.
type notes struct {
	whats  []string
	places map[string][]string
	seen   map[note]bool
}

type note struct{ what, place string }

// add adds a sentence for a place, or for the whole dashboard if place is "".
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

// maxPlaces is the maximum number of places in a sentence.
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
