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

// Add adds findings, up to maxFindings.
func (r *Report) Add(findings ...Finding) {
	for _, f := range findings {
		if len(r.Findings) >= maxFindings {
			r.markFull()
			return
		}
		if len(f.Edit) > maxEdit {
			f.Edit = nil
		}
		if f.BreaksPanel {
			r.brokenPanels[f.Panel] = true
		}
		if f.Severity == Error {
			r.errorPlaces[f.Where] = true
		}
		r.Findings = append(r.Findings, f)
	}
}

// markFull records, once, that findings were dropped.
func (r *Report) markFull() {
	if !r.full {
		r.full = true
		r.AddUnchecked(fmt.Sprintf("there are more than %d findings; fix these, then check again", maxFindings))
	}
}

// Unchecked returns sentences about what was not checked, and why. Everything else was.
func (r *Report) Unchecked() []string { return r.unchecked }

// AddUnchecked adds a sentence about what was not checked, and why.
func (r *Report) AddUnchecked(sentence string) { r.unchecked = append(r.unchecked, sentence) }

// Covers reports whether one of the findings is about the same mistake as a fault of Perses' validation; false if the budget ends.
func (r *Report) Covers(budget *work.Budget, fault string) bool {
	const perFinding, bytesPerUnit = 2, 32
	if !budget.Spend(len(r.Findings) * (perFinding + len(fault)/bytesPerUnit)) {
		return false
	}
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return slices.ContainsFunc(f.covers, func(text string) bool { return strings.Contains(fault, text) })
	})
}

// BrokenPanel reports whether a finding explains why a panel shows nothing or something wrong.
func (r *Report) BrokenPanel(panel string) bool { return r.brokenPanels[panel] }

// BrokenVariable reports whether there is an error about a variable.
func (r *Report) BrokenVariable(variable string) bool { return r.errorPlaces["variable "+variable] }

// Sorted returns the findings without duplicates, and joins those that apply to several panels. Errors come first, then findings
// about the whole dashboard, datasources, variables, layouts, and panels in the order of the page. Each edit can be applied on its
// own, and any number of the first edits together, in this order. When the budget ends, the last findings have no edits.
func (r *Report) Sorted(budget *work.Budget) []Finding {
	type placed struct {
		Finding
		rank, late, section, order, direction int
	}
	all := make([]placed, len(r.Findings))
	for i, f := range r.Findings {
		all[i] = placed{f, rank(f.Severity), f.late(), section(f.Where), r.panelOrder(f), direction(f)}
	}
	slices.SortStableFunc(all, func(a, b placed) int {
		return cmp.Or(
			cmp.Compare(a.rank, b.rank),
			cmp.Compare(a.late, b.late),
			cmp.Compare(a.section, b.section),
			cmp.Compare(a.order, b.order),
			compareNatural(a.Where, b.Where)*a.direction,
			cmp.Compare(a.What, b.What),
		)
	})
	sorted := make([]Finding, len(all))
	for i, f := range all {
		sorted[i] = f.Finding
	}
	partial := r.full || budget.Err() != nil
	const perFinding = 100
	budget.Spend(perFinding * len(all))
	sorted = mergeDuplicates(sorted)
	if !addQueryEdits(budget, sorted) {
		r.AddUnchecked(fmt.Sprintf("some findings lack the edit that fixes them: %v", budget.Err()))
	}
	dropStaleEdits(sorted)
	return groupPlaces(mergeMissingMetrics(sorted, partial), partial)
}

// mergeDuplicates keeps one of each group of equal findings, with the splices of all of them.
func mergeDuplicates(sorted []Finding) []Finding {
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

func (r *Report) panelOrder(f Finding) int {
	if i, ok := r.order[f.Panel]; ok && strings.HasPrefix(f.Where, "panel") {
		return i
	}
	return len(r.order)
}

func rank(s Severity) int { return slices.Index([]Severity{Error, Warning, Info}, s) }

// sections are the prefixes of Finding.Where in the order of the report.
var sections = []string{"dashboard", "datasource", "variable", "layout", "panel"}

func section(where string) int {
	return slices.IndexFunc(sections, func(s string) bool { return strings.HasPrefix(where, s) })
}

// compareNatural compares texts so that 2 comes before 10.
func compareNatural(a, b string) int {
	for a != "" && b != "" {
		m, n := leadingDigits(a), leadingDigits(b)
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

// leadingDigits returns the digits at the beginning of a text, as many as strconv.Atoi can parse.
func leadingDigits(text string) string {
	const limit = 9
	end := strings.IndexFunc(text, func(r rune) bool { return !unicode.IsDigit(r) || r > unicode.MaxASCII })
	if end < 0 {
		end = len(text)
	}
	return text[:min(end, limit)]
}
