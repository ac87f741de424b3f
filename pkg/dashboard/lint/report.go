package lint

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// Add adds findings that others have made.
func (r *Report) Add(findings ...Finding) { r.Findings = append(r.Findings, findings...) }

// Covers tells whether one of the findings says already what Perses says of the document, in its own words.
func (r *Report) Covers(said string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool {
		return slices.ContainsFunc(f.covers, func(text string) bool { return strings.Contains(said, text) })
	})
}

// Blank tells whether a finding says why a panel shows nothing.
func (r *Report) Blank(panel string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Blank && f.Panel == panel })
}

// Broken tells whether a finding says that a variable cannot have a value.
func (r *Report) Broken(variable string) bool {
	return slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Severity == Error && f.Where == "variable "+variable })
}

// Sorted returns the findings, each once, and what holds for several panels once for all: errors first, then by their place:
// what is of the whole dashboard, variables, layouts, panels as one reads the page. The edits can be applied one by one, and
// those of the findings from the first on also together, in this order.
func (r *Report) Sorted() []Finding {
	sorted := slices.Clone(r.Findings)
	slices.SortStableFunc(sorted, func(a, b Finding) int {
		return cmp.Or(
			cmp.Compare(rank(a.Severity), rank(b.Severity)),
			cmp.Compare(a.late(), b.late()),
			cmp.Compare(section(a.Where), section(b.Where)),
			cmp.Compare(r.orderOf(a), r.orderOf(b)),
			natural(a.Where, b.Where)*forward(a),
			cmp.Compare(a.What, b.What),
		)
	})
	sorted = once(sorted)
	mend(sorted)
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
