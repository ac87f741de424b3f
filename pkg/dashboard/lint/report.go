package lint

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/perses/mcp-server/pkg/work"
)

// Add adds findings that others have made, as long as there are not too many.
func (r *Report) Add(findings ...Finding) {
	for _, f := range findings {
		if len(r.Findings) >= maxFindings {
			r.noRoom()
			return
		}
		if len(f.Edit) > maxEdit {
			f.Edit = nil
		}
		if f.BreaksPanel {
			r.blank[f.Panel] = true
		}
		if f.Severity == Error {
			r.broken[f.Where] = true
		}
		r.Findings = append(r.Findings, f)
	}
}

// noRoom says, once, that there are too many findings.
func (r *Report) noRoom() {
	if !r.full {
		r.full = true
		r.AddUnchecked(fmt.Sprintf("there are more than %d findings: mend these, then check again", maxFindings))
	}
}

// Unchecked says what was not checked, in a sentence for each reason. What it does not name, was.
func (r *Report) Unchecked() []string { return r.unchecked }

// AddUnchecked says of something that it was not checked, and why.
func (r *Report) AddUnchecked(what string) { r.unchecked = append(r.unchecked, what) }

// Covers tells whether one of the findings says already what Perses says of the document, in its own words; false if the budget
// ends.
func (r *Report) Covers(budget *work.Budget, said string) bool {
	const perFinding, perUnit = 2, 32 // a unit is for so many bytes
	if !budget.Spend(len(r.Findings) * (perFinding + len(said)/perUnit)) {
		return false
	}
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return slices.ContainsFunc(f.covers, func(text string) bool { return strings.Contains(said, text) })
	})
}

// BrokenPanel tells whether a finding says why a panel shows nothing.
func (r *Report) BrokenPanel(panel string) bool { return r.blank[panel] }

// BrokenVariable tells whether a finding says that a variable cannot have a value.
func (r *Report) BrokenVariable(variable string) bool { return r.broken["variable "+variable] }

// Sorted returns the findings, each once, and what holds for several panels once for all: errors first, then by their place:
// what is of the whole dashboard, variables, layouts, panels as one reads the page. The edits can be applied one by one, and
// those of the findings from the first on also together, in this order. When the budget ends, the last have no edits.
func (r *Report) Sorted(budget *work.Budget) []Finding {
	type placed struct {
		Finding
		rank, late, section, order, forward int
	}
	all := make([]placed, len(r.Findings))
	for i, f := range r.Findings {
		all[i] = placed{f, rank(f.Severity), f.late(), section(f.Where), r.orderOf(f), forward(f)}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(
			cmp.Compare(a.rank, b.rank),
			cmp.Compare(a.late, b.late),
			cmp.Compare(a.section, b.section),
			cmp.Compare(a.order, b.order),
			natural(a.Where, b.Where)*a.forward,
			cmp.Compare(a.What, b.What),
		)
	})
	sorted := make([]Finding, len(all))
	for i, f := range all {
		sorted[i] = f.Finding
	}
	const perFinding = 100
	budget.Spend(perFinding * len(all))
	sorted = once(sorted)
	if !mend(budget, sorted) {
		r.AddUnchecked(fmt.Sprintf("not all findings have the edits that mend them: %v", budget.Err()))
	}
	inOrder(sorted)
	return grouped(together(sorted))
}

// once leaves each finding once. What is said of several places in a query is mended in all of them.
func once(sorted []Finding) []Finding {
	kept := sorted[:0]
	for _, f := range sorted {
		if last := len(kept) - 1; last >= 0 && kept[last].Where == f.Where && kept[last].What == f.What {
			kept[last].splices = slices.Concat(kept[last].splices, f.splices)
			continue
		}
		kept = append(kept, f)
	}
	return kept
}

func (r *Report) orderOf(f Finding) int {
	if i, ok := r.order[f.Panel]; ok && strings.HasPrefix(f.Where, "panel") {
		return i
	}
	return len(r.order)
}

func rank(s Severity) int { return slices.Index([]Severity{Error, Warning, Info}, s) }

// sections are the parts of a dashboard in the order in which findings about them stand.
var sections = []string{"dashboard", "datasource", "variable", "layout", "panel"}

func section(where string) int {
	return slices.IndexFunc(sections, func(s string) bool { return strings.HasPrefix(where, s) })
}

// natural compares texts so that 2 comes before 10.
func natural(a, b string) int {
	for a != "" && b != "" {
		m, n := number(a), number(b)
		if m != "" && n != "" {
			x, _ := strconv.Atoi(m)
			y, _ := strconv.Atoi(n)
			if x != y {
				return cmp.Compare(x, y)
			}
			a, b = a[len(m):], b[len(n):]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// number returns the digits that a text begins with, so many at the most that they are a number.
func number(text string) string {
	const most = 9
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) || r > unicode.MaxASCII })
	if end < 0 {
		end = len(text)
	}
	return text[:min(end, most)]
}
