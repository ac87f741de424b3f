package lint

import (
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/work"
)

const (
	// maxFindings is how many findings are kept. An answer has room for some hundreds; each takes about 500 bytes.
	maxFindings = 10_000
	// maxEdit is the size of an edit, in bytes, beyond which no answer has room for it.
	maxEdit = 64 << 10
	// maxMeant is for how many names of one sort the one is looked for that was meant: each is compared with all that there are.
	maxMeant = 100
	// fewNames is how many names are compared without an index.
	fewNames = 1000
)

// shared is what all parts of a check share that go on at the same time.
type shared struct {
	budget *work.Budget
	found  atomic.Int64 // findings
	left   leftovers

	mu      sync.Mutex
	indexes map[string]*nearest.Index      // of names, by their sort
	meant   map[string]map[string][]string // what was found for a name, by the sort
}

func newShared(budget *work.Budget) *shared {
	return &shared{budget: budget, indexes: map[string]*nearest.Index{}, meant: map[string]map[string][]string{}}
}

// longQueries are left although the budget has not ended.
const longQueries = "long queries"

// leftovers counts what was not checked.
type leftovers struct {
	mu     sync.Mutex
	counts map[string]int
}

// leave says of so many things that they were not checked: "panels".
func (l *leftovers) leave(things string, count int) {
	if count <= 0 {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[things] += count
}

// say returns a sentence for each sort of things.
func (l *leftovers) say(why error) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var said []string
	for _, things := range sortedKeys(l.counts) {
		sentence := fmt.Sprintf("%d %s were not checked", l.counts[things], things)
		if l.counts[things] == 1 {
			sentence = fmt.Sprintf("1 of the %s was not checked", things)
		}
		switch {
		case things == longQueries && l.counts[things] == 1:
			sentence = "1 query was not checked: it is too long or too complex to be parsed here"
		case things == longQueries:
			sentence = fmt.Sprintf("%d queries were not checked: they are too long or too complex to be parsed here", l.counts[things])
		case why != nil:
			sentence += fmt.Sprintf(": %v", why)
		}
		said = append(said, sentence)
	}
	return said
}

// spend takes units from the budget, and reports whether the check may go on.
func (s *shared) spend(units int) bool { return s.budget.Spend(units) }

// add keeps a finding, as long as there are not too many.
func (c *check) add(f Finding) {
	const perFinding = 150
	if !c.spend(perFinding+len(f.What)+len(f.Edit)) || c.shared.found.Add(1) > maxFindings {
		return
	}
	if len(f.Edit) > maxEdit {
		f.Edit = nil
	}
	c.found = append(c.found, f)
}

// near returns the names of a sort that another is near to. For too many of them it looks no more, and returns none.
func (c *check) near(sort, name string, known func() []string) []string {
	return c.lookUp(sort, name, func() []string { return c.index(sort, known).Names(c.budget, name) })
}

// likely returns the one of the names of a sort that was meant by another, "" if there is none or it was looked for too many.
func (c *check) likely(sort, name string, known func() []string) string {
	found := c.lookUp(sort, name, func() []string {
		all := known()
		if len(all) > fewNames {
			return []string{c.index(sort, known).Meant(c.budget, name)}
		}
		const perName = 30
		if !c.spend(perName * (len(all) + 1)) {
			return nil
		}
		return []string{dashboard.Suggest(name, all)}
	})
	if len(found) == 0 {
		return ""
	}
	return found[0]
}

// index returns the index of the names of a sort. The caller holds the lock.
func (s *shared) index(sort string, known func() []string) *nearest.Index {
	if s.indexes[sort] == nil {
		s.indexes[sort] = nearest.NewIndex(s.budget, known())
	}
	return s.indexes[sort]
}

func (s *shared) lookUp(sort, name string, find func() []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.meant[sort]
	if of == nil {
		of = map[string][]string{}
		s.meant[sort] = of
	}
	found, known := of[name]
	if !known && len(of) < maxMeant {
		found = find()
		of[name] = found
	}
	return found
}
