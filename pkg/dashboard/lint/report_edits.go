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

// splice replaces a part of a query, in bytes, so that the rest of the query keeps its text, including variables.
type splice struct {
	start, end int
	text       string
}

// maxQueryEdits is the maximum number of edits for one query. Each has the whole text of the query.
const maxQueryEdits = 10

// addQueryEdits adds edits to the findings that have splices. An edit of a query includes all earlier fixes of the same query, so
// that applying one after the other undoes none of them. It reports whether the budget was enough.
func addQueryEdits(budget *work.Budget, findings []Finding) bool {
	type fixed struct {
		splices []splice
		times   int
	}
	done := map[*Query]fixed{}
	for i, f := range findings {
		if f.query == nil || len(f.splices) == 0 || done[f.query].times == maxQueryEdits {
			continue // the next check will add the edit
		}
		all := slices.Concat(done[f.query].splices, f.splices)
		const perSplice = 20
		if !budget.Spend(perSplice*len(all) + len(f.query.Text)) {
			return false
		}
		text, ok := spliced(f.query.Text, all)
		if !ok {
			continue // another finding changes the same part; the next check will add this edit
		}
		if !budget.Spend(promql.Cost(text)) {
			return false
		}
		if _, err := promql.Parse(text); err != nil {
			continue
		}
		done[f.query] = fixed{all, done[f.query].times + 1}
		findings[i].Edit = setQuery(f.Panel, f.query.Index, text)
	}
	return true
}

// late is 1 for findings whose edits come after those of equal severity, because they rename or remove something that other edits
// refer to.
func (f Finding) late() int {
	switch operation(f.Edit) {
	case "rename_panel", "rename_variable", "remove":
		return 1
	}
	return 0
}

// direction is -1 for removals from lists, which start with the last item so that the others keep their indexes.
func direction(f Finding) int {
	if operation(f.Edit) == "remove" {
		return -1
	}
	return 1
}

func operation(edit json.RawMessage) string { return gjson.GetBytes(edit, "op").Str }

// dropStaleEdits removes edits that would fail or do something else after the edits before them: repeated ones, and those that
// use a name or an index that has changed.
func dropStaleEdits(findings []Finding) {
	done, renamed := map[string]bool{}, map[string]bool{}
	removed := map[string]int{} // the lowest index removed from each list, by path
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
			lowest, known := removed[path[:at]]
			number, _, _ := strings.Cut(path[at+1:], "/")
			if n, err := strconv.Atoi(number); known && err == nil && n >= lowest {
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

// spliced returns a text with the splices applied. ok is false if they overlap.
func spliced(text string, splices []splice) (result string, ok bool) {
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
