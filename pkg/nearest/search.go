package nearest

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// search is a search for the names that are nearest to one.
type search struct {
	*Index
	spend  func(units int) bool
	text   string // the wanted name
	wanted []rune
	best   []candidate // the nearest so far, nearest first
	limit  int         // what is farther away is not among the nearest
	rows   [deepest + 1]row
}

// candidate is a name that is near.
type candidate struct {
	entry
	distance int
}

// row has the distances of the begin of a known name to the begins of the wanted one, by their lengths. Only those from low to
// high may be within the limit.
type row struct {
	low, high int
	distances [longest + 1]int16
}

// manyCells is how many cells are computed before units are spent.
const manyCells = 1 << 12

// unitsOf are the units that a number of cells take, one of which takes about 1.5 ns.
func unitsOf(cells int) int { return 1 + cells/6 }

func (s *search) run() {
	s.wanted = []rune(s.text)
	s.limit = max(2, len(s.text)/3)
	s.parts()
	for _, e := range s.others {
		s.compare(e)
	}
	// Most names differ so much from the wanted one that a low limit ends their comparison soon. A higher one is only
	// needed while there is nothing nearer.
	for limit := 2; ; limit *= 2 {
		s.walk(min(limit, s.limit))
		if limit >= s.limit || !s.spend(1) {
			return
		}
	}
}

// parts finds the names that contain the wanted one, or are contained in it.
func (s *search) parts() {
	own := pairsOf(s.text)
	for i, of := range s.pairs {
		const atOnce, each = 1 << 10, 8 // of which one takes about 1 ns
		if i%atOnce == 0 && !s.spend(atOnce/each) {
			return
		}
		if own&^of == 0 || of&^own == 0 {
			s.part(s.sorted[i])
		}
	}
	for _, e := range s.others {
		s.part(e)
	}
}

// part adds a name if it contains the wanted one, or is contained in it.
func (s *search) part(e entry) {
	short, long := s.text, e.lower
	if len(short) > len(long) {
		short, long = long, short
	}
	if short != "" && s.spend(2+len(long)/32) && strings.Contains(long, short) { // what is around it is all that differs
		s.add(candidate{e, utf8.RuneCountInString(long) - utf8.RuneCountInString(short)})
	}
}

// compare compares the wanted name with one that is not in ASCII.
func (s *search) compare(e entry) {
	length := utf8.RuneCountInString(e.lower)
	if max(length-len(s.wanted), len(s.wanted)-length) > s.limit || !s.spend(10+length*len(s.wanted)/4) {
		return
	}
	if distance := levenshtein.ComputeDistance(s.text, e.lower); distance <= s.limit {
		s.add(candidate{e, distance})
	}
}

// walk finds the names in ASCII that are within a limit. As in Ukkonen's algorithm, only those cells of the matrix of distances
// are computed that are; the rows of a begin that names share, once.
func (s *search) walk(limit int) {
	s.rows[0].low, s.rows[0].high = 0, min(limit, len(s.wanted))
	for i := range s.rows[0].high + 1 {
		s.rows[0].distances[i] = int16(i)
	}
	depth := 0            // how many rows, beside the first, are those of the begin of a name
	dead := math.MaxInt   // from which row on all is beyond the limit
	passed, cells := 0, 0 // since units were last spent
	for i := 0; i < len(s.sorted); i++ {
		limit = min(limit, s.limit)
		if g := s.groups[i/groupSize]; i%groupSize == 0 && (g.shared >= dead || g.shortest > len(s.wanted)+limit || g.longest < len(s.wanted)-limit) {
			if depth = min(depth, g.shared); depth < dead {
				dead = math.MaxInt
			}
			i += groupSize - 1
			cells++
			continue
		}
		if depth = min(depth, int(s.shared[i])); depth >= dead {
			passed++
			continue
		}
		dead = math.MaxInt
		passed++
		name := s.sorted[i].lower
		if max(len(name)-len(s.wanted), len(s.wanted)-len(name)) > limit {
			continue
		}
		for depth < len(name) && dead == math.MaxInt {
			s.next(depth, rune(name[depth]), limit)
			depth++
			r := &s.rows[depth]
			if cells += 8 + r.high - r.low; r.low > r.high {
				dead = depth
			}
		}
		if r := &s.rows[depth]; dead == math.MaxInt && r.high == len(s.wanted) {
			s.add(candidate{s.sorted[i], int(r.distances[r.high])})
		}
		if cells > manyCells {
			if !s.spend(unitsOf(cells) + passed/4) {
				return
			}
			passed, cells = 0, 0
		}
	}
	s.spend(unitsOf(cells) + passed/4)
}

// next computes the row behind one, with one character more of a name.
func (s *search) next(depth int, c rune, limit int) {
	const beyond = math.MaxInt16 / 2
	above, r := &s.rows[depth], &s.rows[depth+1]
	r.low, r.high = len(s.wanted)+1, above.low-1
	diagonal, left := int16(beyond), int16(beyond) // the cell above the one to the left, and that
	for i := above.low; i <= len(s.wanted); i++ {
		up := int16(beyond)
		if i <= above.high {
			up = above.distances[i]
		} else if i > above.high+1 && int(left) >= limit {
			break
		}
		if i > 0 && s.wanted[i-1] != c {
			diagonal++
		}
		left = min(up+1, left+1, diagonal)
		diagonal = up
		r.distances[i] = left
		if int(left) <= limit {
			r.low, r.high = min(r.low, i), i
		}
	}
}

// add puts a name among the nearest, of those at the same distance the first known.
func (s *search) add(c candidate) {
	at, known := slices.BinarySearchFunc(s.best, c, func(a, b candidate) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return a.index - b.index
	})
	if known {
		return
	}
	s.best = slices.Insert(s.best, at, c)
	if len(s.best) > most {
		s.best = s.best[:most]
	}
	if len(s.best) == most {
		s.limit = min(s.limit, s.best[most-1].distance)
	}
}
