// Package edit changes dashboards by lists of edits. An edit is either one of ours, which names panels by key or title,
// rows by title or index and variables by name, or an operation of JSON Patch. Edits work on the JSON text of the document:
// whatever no edit touches stays the same byte for byte, including fields that this version does not know. The functions
// are pure.
package edit

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/work"
)

// editor applies edits to a document, one after another.
type editor struct {
	document      *node
	env           sketch.Env
	budget        *work.Budget
	secrets       Secrets
	maxBytes      int // of the document
	changes       []string
	servers       map[*node][]string // the servers that received each hidden value of a datasource before the edits
	touchedSecret bool               // whether an edit touched a secret; the answer must then not say that nothing changed
}

const (
	// maxEdits is the maximum number of edits in one call. Nobody reviews more, and each edit may read the whole document.
	maxEdits = 500
	// maxDepth is the maximum nesting depth of a document. Perses' own plugins nest about 20 levels deep, and every edit
	// walks down from the top.
	maxDepth = 200
)

// Apply applies the edits to the document of a dashboard, in order, and either all of them or none. It returns the edited
// document and one line of text for each change. If nothing changed, it returns the document as it was and no lines.
//
// An error names the edit that failed by index and operation, as in edits[4] (change_panel). Apply never modifies the given
// document. No edit may make it larger than sketch.MaxDocument, or larger than it already is.
//
// Values that Secrets hides stay hidden: no edit copies them to a place where they would be shown, and the result does not
// depend on whether a value in an edit equals a hidden one. For that reason there can be lines although the document is the
// same.
func Apply(budget *work.Budget, document json.RawMessage, edits []json.RawMessage, env sketch.Env, secrets Secrets) (edited json.RawMessage, diff []string, err error) {
	if !budget.Spend(len(document)) {
		return nil, nil, fmt.Errorf("the dashboard was not read: %w", budget.Err())
	}
	if depth := depthOf(document); depth > maxDepth { // checked before gjson parses the document, because gjson recurses to any depth
		return nil, nil, fmt.Errorf("values in the dashboard are nested %d levels deep; edits support at most %d levels", depth, maxDepth)
	}
	if !gjson.ValidBytes(document) {
		return nil, nil, errors.New("the dashboard is not JSON")
	}
	e := &editor{document: newNode(string(document)), env: env, budget: budget, secrets: secrets, maxBytes: max(len(document), sketch.MaxDocument)}
	e.document.budget = budget
	if !e.document.isObject() {
		return nil, nil, errors.New("the dashboard is not a JSON object")
	}
	if len(edits) == 0 {
		return nil, nil, errors.New(`edits is empty: want a list such as [{"op":"remove_panel","panel":"cpu"}]`)
	}
	if len(edits) > maxEdits {
		return nil, nil, fmt.Errorf("there are %d edits, but one call accepts at most %d: split them over several calls", len(edits), maxEdits)
	}
	e.recordServers()
	for i, raw := range edits {
		if err := e.applyEdit(fmt.Sprintf("edits[%d]", i), raw); err != nil {
			return nil, nil, err
		}
	}
	if !e.document.changed && !e.touchedSecret {
		return document, nil, nil
	}
	if err := e.checkServers(); err != nil {
		return nil, nil, err
	}
	if err := budget.Err(); err != nil { // if the budget has run out, checkServers has not seen every datasource
		return nil, nil, fmt.Errorf("the edits could not be checked: %w. No edit was made: send fewer at once", err)
	}
	after := e.document.String()
	if depth := depthOf(after); depth > maxDepth {
		return nil, nil, fmt.Errorf("with these edits, values in the dashboard would be nested %d levels deep; the maximum is %d", depth, maxDepth)
	}
	if after == string(document) && !e.touchedSecret {
		return document, nil, nil
	}
	if e.changes == nil { // such as a grid position that is now a whole number
		e.report("some values are now written differently")
	}
	return json.RawMessage(after), e.changes, nil
}

// applyEdit applies a single edit.
func (e *editor) applyEdit(where string, raw json.RawMessage) error {
	const editCost = 2000 // units; covers building the table of operations
	e.budget.Spend(editCost + 4*len(raw))
	f, err := parseFields(raw)
	if err != nil {
		return fmt.Errorf("%s%w", where, err)
	}
	where += " (" + f.operation.name + ")"
	err = f.operation.do(e, f)
	if ended := e.budget.Err(); ended != nil { // err may be a result of reading only part of the document
		return fmt.Errorf("%s: %w. No edit was made: send fewer at once", where, ended)
	}
	if err == nil {
		err = e.checkSize(0)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// checkSize returns an error if more additional bytes would make the dashboard too large.
func (e *editor) checkSize(more int) error {
	if size := e.document.size + more; size > e.maxBytes {
		return fmt.Errorf("the dashboard would have %d bytes; the maximum is %d", size, e.maxBytes)
	}
	return nil
}

// depthOf returns the nesting depth of objects and lists in a JSON text.
func depthOf[T ~string | ~[]byte](document T) (deepest int) {
	depth := 0
	for i := 0; i < len(document); i++ {
		switch document[i] {
		case '{', '[':
			depth++
			deepest = max(deepest, depth)
		case '}', ']':
			depth--
		case '"':
			for i++; i < len(document) && document[i] != '"'; i++ {
				if document[i] == '\\' {
					i++
				}
			}
		}
	}
	return deepest
}

// report adds a line to the list of changes.
func (e *editor) report(format string, args ...any) {
	e.changes = append(e.changes, fmt.Sprintf(format, args...))
}

func (e *editor) dashboardName() string { return e.document.get("metadata", "name").str() }

// fullEnv returns the environment including the dashboard's own datasources.
func (e *editor) fullEnv() sketch.Env {
	env := e.env
	own := e.document.get("spec", "datasources").members()
	if env.Datasources == nil || len(own) == 0 {
		return env
	}
	e.budget.Spend(partCost * (len(env.Datasources) + len(own)))
	env.Datasources = maps.Clone(env.Datasources)
	for _, m := range own {
		env.Datasources[m.key] = m.value.get("plugin", "kind").str()
	}
	return env
}

// spec returns the spec of the dashboard, which it creates if missing.
func (e *editor) spec() *node { return e.document.ensureObject("spec") }

// maxShown is the maximum number of characters that a line of text quotes from a value.
const maxShown = 80

// clip shortens a text for use in a sentence and marks the cut with an ellipsis.
func clip(text string) string {
	count := 0
	for i := range text {
		if count++; count > maxShown {
			return dashboard.Clip(text, i)
		}
	}
	return text
}

// count returns a number with its noun: 1 panel, 2 panels.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
