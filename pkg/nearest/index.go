package nearest

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"github.com/perses/mcp-server/pkg/work"
)

// Index finds the nearest of many known names. It is made once for a list of names that several others are compared with,
// and is safe for concurrent use.
//
// Names that begin with the same characters are compared with a wanted name up to there once, and not further once they
// differ too much from it. So the names are kept in the order of their characters.
type Index struct {
	known  []string
	sorted []entry // the names in ASCII
	others []entry
	pairs  []pairs  // of the sorted names; on their own, so that a search reads little memory
	shared []uint16 // how many bytes at the begin of each of the sorted names are those of the one before it
	groups []group  // of the sorted names

	mu    sync.Mutex
	found map[string][]string // what Names has returned
}

// entry is a known name, of those given the index-th.
type entry struct {
	lower string
	index int
}

// group is what groupSize names have in common, by which all of them are passed over at once.
type group struct {
	shared            int // the least of shared
	shortest, longest int // in bytes
}

const (
	groupSize = 64
	deepest   = longest + longest/3 // of how many bytes names are that are near, unless they contain the wanted one
)

// NewIndex returns an index of names. It is incomplete if the budget ends.
func NewIndex(budget *work.Budget, known []string) *Index { return newIndex(budget.Spend, known) }

func newIndex(spend func(units int) bool, known []string) *Index {
	x := listed(spend, known)
	byName := func(a, b entry) int { return cmp.Or(strings.Compare(a.lower, b.lower), cmp.Compare(a.index, b.index)) }
	if !slices.IsSortedFunc(x.sorted, byName) {
		if !spend(len(known) * bits.Len(uint(len(known)))) {
			x.sorted = nil
			return x
		}
		slices.SortFunc(x.sorted, byName)
	}
	x.describe()
	return x
}

// listed returns an index of names in the order that they are known in. describe completes it.
func listed(spend func(units int) bool, known []string) *Index {
	x := &Index{known: known, sorted: make([]entry, 0, len(known)), found: map[string][]string{}}
	for i, name := range known {
		const perName = 5 // units, beside those for its bytes
		if !spend(perName + len(name)/4) {
			return &Index{known: known, found: x.found}
		}
		lower := strings.ToLower(name) // which is valid UTF-8, whatever the name is
		e := entry{lower, i}
		if isASCII(lower) {
			x.sorted = append(x.sorted, e)
		} else {
			x.others = append(x.others, e)
		}
	}
	return x
}

// describe notes what each of the sorted names has in common with the one before it. That holds in any order, and saves most
// when they are sorted.
func (x *Index) describe() {
	x.shared, x.pairs = make([]uint16, len(x.sorted)), make([]pairs, len(x.sorted))
	before := ""
	for i, e := range x.sorted {
		n := sharedBegin(before, e.lower)
		if i%groupSize == 0 {
			x.groups = append(x.groups, group{n, len(e.lower), len(e.lower)})
		}
		g := &x.groups[i/groupSize]
		g.shared, g.shortest, g.longest = min(g.shared, n), min(g.shortest, len(e.lower)), max(g.longest, len(e.lower))
		x.shared[i], x.pairs[i], before = uint16(n), pairsOf(e.lower), e.lower
	}
}

// sharedBegin returns how many bytes two texts have in common from their begin on, deepest at the most.
func sharedBegin(a, b string) int {
	n := 0
	for n < min(len(a), len(b), deepest) && a[n] == b[n] {
		n++
	}
	return n
}

func isASCII(text string) bool {
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// pairs has a bit for each two neighboring bytes of a text, by a hash of them. A text has all pairs of its parts.
type pairs uint64

func pairsOf(text string) (p pairs) {
	for i := 1; i < len(text); i++ {
		const mix, shift = 0x9E3779B1, 26 // a multiplicative hash of 6 bits
		p |= 1 << ((uint32(text[i-1])<<8 | uint32(text[i])) * mix >> shift)
	}
	return p
}

// Names returns what the function Names does. It is incomplete if the budget ends.
func (x *Index) Names(budget *work.Budget, name string) []string {
	x.mu.Lock()
	found, known := x.found[name]
	x.mu.Unlock()
	if known {
		return found
	}
	found = x.names(budget.Spend, name)
	if budget.Err() == nil {
		x.mu.Lock()
		defer x.mu.Unlock()
		x.found[name] = found
	}
	return found
}

func (x *Index) names(spend func(units int) bool, name string) []string {
	if len(name) > longest {
		return nil
	}
	s := &search{Index: x, spend: spend, text: strings.ToLower(name)}
	s.run()
	var names []string
	for _, c := range s.best {
		names = append(names, x.known[c.index])
	}
	return names
}
