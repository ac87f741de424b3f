package lint

import (
	"cmp"
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/work"
)

// splice is a part of a query, in bytes, and what is to stand in its place. So all else of the query stays as it was
// written, variables too.
type splice struct {
	start, end int
	text       string
}

// maxMends is how many edits one query gets: each has all of its text, with what the ones before it mend.
const maxMends = 10

// mend makes the edits of findings that mend queries, and returns false if the budget ends before. Two that mend the same query must not undo each other
// when both are applied, one after the other, so each also mends what those before it do.
func mend(budget *work.Budget, findings []Finding) (all bool) {
	type mended struct {
		splices []splice
		times   int
	}
	done := map[*Query]mended{}
	for i, f := range findings {
		if f.query == nil || len(f.splices) == 0 || done[f.query].times == maxMends {
			continue // there will be time for this one in the next check
		}
		all := slices.Concat(done[f.query].splices, f.splices)
		const perSplice = 20
		if !budget.Spend(perSplice*len(all) + len(f.query.Text)) {
			return false
		}
		text, ok := spliced(f.query.Text, all)
		if !ok {
			continue // another has mended the same place: it will be this one's turn in the next check
		}
		if !budget.Spend(promql.Cost(text)) {
			return false
		}
		if _, err := promql.Parse(text); err != nil {
			continue
		}
		done[f.query] = mended{all, done[f.query].times + 1}
		findings[i].Edit = setQuery(f.Panel, f.query.Index, text)
	}
	return true
}

// late tells the findings whose edits come after those of others as bad: what renames or removes something changes how
// the rest is named.
func (f Finding) late() int {
	switch operation(f.Edit) {
	case "rename_panel", "rename_variable", "remove":
		return 1
	}
	return 0
}

// forward is -1 for what is removed from lists, the last first, so that the others keep their numbers.
func forward(f Finding) int {
	if operation(f.Edit) == "remove" {
		return -1
	}
	return 1
}

func operation(edit json.RawMessage) string { return gjson.GetBytes(edit, "op").Str }

// inOrder takes the edits away that would not do what they should after those before them: the same once more, and what
// names a thing by a name or a number that is no longer its own.
func inOrder(findings []Finding) {
	done, renamed := map[string]bool{}, map[string]bool{}
	removed := map[string]int{} // the least number that was removed from a list, by its path
	for i, f := range findings {
		if f.Edit == nil {
			continue
		}
		edit := gjson.ParseBytes(f.Edit)
		path := edit.Get("path").Str
		stale := done[string(f.Edit)] || f.Panel != "" && renamed["panel "+f.Panel] || renamed[f.Where]
		for at := range len(path) {
			if path[at] != '/' || len(removed) == 0 {
				continue
			}
			least, list := removed[path[:at]]
			number, _, _ := strings.Cut(path[at+1:], "/")
			if n, err := strconv.Atoi(number); list && err == nil && n >= least {
				stale = true
			}
		}
		if stale {
			findings[i].Edit = nil
			continue
		}
		done[string(f.Edit)] = true
		switch edit.Get("op").Str {
		case "rename_panel", "rename_variable":
			renamed[f.Where] = true
		case "remove":
			last := strings.LastIndexByte(path, '/')
			if n, err := strconv.Atoi(path[last+1:]); err == nil {
				removed[path[:last]] = n
			}
		}
	}
}

// spliced returns a text with other parts, if these do not overlap.
func spliced(text string, splices []splice) (string, bool) {
	sorted := slices.Clone(splices)
	slices.SortStableFunc(sorted, func(a, b splice) int { return cmp.Or(cmp.Compare(a.start, b.start), cmp.Compare(a.end, b.end)) })
	var out []byte
	done := 0
	for i, s := range sorted {
		if i > 0 && s == sorted[i-1] {
			continue
		}
		if s.start < done || s.end < s.start || s.end > len(text) {
			return "", false
		}
		out = append(out, text[done:s.start]...)
		out = append(out, s.text...)
		done = s.end
	}
	return string(append(out, text[done:]...)), true
}
