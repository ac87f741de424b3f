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
	// maxFindings is the maximum number of findings in a report, of about 500 bytes each. An answer has room for a few hundred.
	maxFindings = 10_000
	// maxEdit is the maximum size of an edit in bytes. No answer has room for a larger one.
	maxEdit = 64 << 10
	// maxLookups is the maximum number of misspelt names of each kind that are compared with the known names.
	maxLookups = 100
	// maxUnindexed is the maximum number of names that are compared without an index.
	maxUnindexed = 1000
)

// shared is the state that the concurrent parts of a check have in common.
type shared struct {
	budget  *work.Budget
	found   atomic.Int64 // the number of findings
	skipped skippedCounts

	mu      sync.Mutex
	indexes map[string]*nearest.Index      // of the known names of each kind
	lookups map[string]map[string][]string // the similar names found for each kind and name
}

func newShared(budget *work.Budget) *shared {
	return &shared{budget: budget, indexes: map[string]*nearest.Index{}, lookups: map[string]map[string][]string{}}
}

// longQueries are skipped even if the budget has not ended.
const longQueries = "long queries"

// skippedCounts counts what was not checked.
type skippedCounts struct {
	mu     sync.Mutex
	counts map[string]int
}

// add counts things that were not checked, such as "panels".
func (l *skippedCounts) add(things string, count int) {
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

// sentences returns a sentence for each kind of things that were not checked.
func (l *skippedCounts) sentences(why error) []string {
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
			sentence = "1 query was not checked because it is too long or too complex"
		case things == longQueries:
			sentence = fmt.Sprintf("%d queries were not checked because they are too long or too complex", l.counts[things])
		case why != nil:
			sentence += fmt.Sprintf(": %v", why)
		}
		said = append(said, sentence)
	}
	return said
}

// spend spends units of the budget, and reports whether there were enough.
func (s *shared) spend(units int) bool { return s.budget.Spend(units) }

// add adds a finding, up to maxFindings.
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

// nearNames returns the known names of a kind that are similar to name. After maxLookups names it returns nil.
func (c *check) nearNames(sort, name string, known func() []string) []string {
	return c.lookUp(sort, name, func() []string { return c.index(sort, known).Names(c.budget, name) })
}

// meantName returns the known name of a kind that name probably means, "" if there is none. After maxLookups names it returns "".
func (c *check) meantName(sort, name string, known func() []string) string {
	found := c.lookUp(sort, name, func() []string {
		all := known()
		if len(all) > maxUnindexed {
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

// index returns the index of the known names of a kind. The caller holds the lock.
func (s *shared) index(sort string, known func() []string) *nearest.Index {
	if s.indexes[sort] == nil {
		s.indexes[sort] = nearest.NewIndex(s.budget, known())
	}
	return s.indexes[sort]
}

func (s *shared) lookUp(sort, name string, find func() []string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	of := s.lookups[sort]
	if of == nil {
		of = map[string][]string{}
		s.lookups[sort] = of
	}
	found, known := of[name]
	if !known && len(of) < maxLookups {
		found = find()
		of[name] = found
	}
	return found
}
