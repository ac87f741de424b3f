// Package edit changes dashboards by lists of edits: short ones that name panels, rows and variables as people do, and the
// operations of JSON Patch. It works on the document as it is written: whatever no edit touches stays byte for byte the same,
// and with it what this version knows nothing of. Its functions are pure.
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

// editor is a document on which edits are made, one after the other.
type editor struct {
	document *value
	env      sketch.Env
	budget   *work.Budget
	secrets  Secrets
	max      int // bytes that the document may have
	diff     []string
	sentTo   map[*value][]string // the servers to which a hidden value of a datasource was sent
	kept     bool                // whether an edit may have compared a secret, so that the document must not seem unchanged
}

const (
	// maxEdits is how many edits are made at once: far more than a person reviews, and each may look at all of the document.
	maxEdits = 500
	// maxDepth is how deep values may nest in an edited document. Those of Perses' own plugins nest about twenty deep; what
	// nests deeper than this would only make each edit dearer, for it walks from the top to the bottom.
	maxDepth = 200
)

// Apply makes edits on the document of a dashboard, in their order and all or none. It returns the edited document, and in
// words what has changed, one line for each change. If nothing has, the document comes back as it is, with no lines.
//
// An error names the edit that cannot be made, by its index and its operation: edits[4] (change_panel). The document itself
// is never changed. No edit makes it larger than sketch.MaxDocument, or than it is if that is more.
//
// What Secrets hides stays hidden: no edit puts it where it would be shown, and nothing that comes back depends on whether
// a value of the edits is equal to a hidden one. So there may be lines although the document is the same.
func Apply(budget *work.Budget, document json.RawMessage, edits []json.RawMessage, env sketch.Env, secrets Secrets) (edited json.RawMessage, diff []string, err error) {
	if !budget.Spend(len(document)) {
		return nil, nil, fmt.Errorf("the dashboard was not read: %w", budget.Err())
	}
	if depth := depthOf(document); depth > maxDepth { // before gjson looks at it, which follows any depth
		return nil, nil, fmt.Errorf("values nest %d deep in the dashboard, deeper than the %d to which edits go", depth, maxDepth)
	}
	if !gjson.ValidBytes(document) {
		return nil, nil, errors.New("the dashboard is not JSON")
	}
	e := &editor{document: newValue(string(document)), env: env, budget: budget, secrets: secrets, max: max(len(document), sketch.MaxDocument)}
	e.document.budget = budget
	if !e.document.isObject() {
		return nil, nil, errors.New("the dashboard is not a JSON object")
	}
	if len(edits) == 0 {
		return nil, nil, errors.New(`there are no edits: want a list such as [{"op":"remove_panel","panel":"cpu"}]`)
	}
	if len(edits) > maxEdits {
		return nil, nil, fmt.Errorf("there are %d edits, more than the %d that are made at once: make them in parts", len(edits), maxEdits)
	}
	e.keepServers()
	for i, raw := range edits {
		if err := e.make(fmt.Sprintf("edits[%d]", i), raw); err != nil {
			return nil, nil, err
		}
	}
	if !e.document.changed && !e.kept {
		return document, nil, nil
	}
	if err := e.sendsElsewhere(); err != nil {
		return nil, nil, err
	}
	if err := budget.Err(); err != nil { // then some were not looked at
		return nil, nil, fmt.Errorf("the edits were not checked: %w. No edit is made: make fewer at once", err)
	}
	after := e.document.String()
	if depth := depthOf(after); depth > maxDepth {
		return nil, nil, fmt.Errorf("with these edits values nest %d deep in the dashboard, deeper than the %d that it may have", depth, maxDepth)
	}
	if after == string(document) && !e.kept {
		return document, nil, nil
	}
	if e.diff == nil { // such as a grid position that is now written as a whole number
		e.say("some values are written differently")
	}
	return json.RawMessage(after), e.diff, nil
}

// make makes one edit.
func (e *editor) make(where string, raw json.RawMessage) error {
	const ofEdit = 2000 // units, for the table of operations and the like
	e.budget.Spend(ofEdit + 4*len(raw))
	f, err := read(raw)
	if err != nil {
		return fmt.Errorf("%s%w", where, err)
	}
	where += " (" + f.operation.name + ")"
	err = f.operation.do(e, f)
	if ended := e.budget.Err(); ended != nil { // err may come from what was read by half
		return fmt.Errorf("%s: %w. No edit is made: make fewer at once", where, ended)
	}
	if err == nil {
		err = e.fits(0)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", where, err)
	}
	return nil
}

// fits refuses more bytes than a dashboard may have, before they are there.
func (e *editor) fits(more int) error {
	if size := e.document.size + more; size > e.max {
		return fmt.Errorf("the dashboard would have %d bytes, more than the %d that it may have", size, e.max)
	}
	return nil
}

// depthOf returns how deep objects and lists nest in JSON.
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

// say adds a line to the diff.
func (e *editor) say(format string, args ...any) {
	e.diff = append(e.diff, fmt.Sprintf(format, args...))
}

// name is what the dashboard is called.
func (e *editor) name() string { return e.document.at("metadata", "name").text() }

// around is what there is around the dashboard, and its own datasources.
func (e *editor) around() sketch.Env {
	env := e.env
	own := e.document.at("spec", "datasources").all()
	if env.Datasources == nil || len(own) == 0 {
		return env
	}
	e.budget.Spend(ofPart * (len(env.Datasources) + len(own)))
	env.Datasources = maps.Clone(env.Datasources)
	for _, m := range own {
		env.Datasources[m.key] = m.value.at("plugin", "kind").text()
	}
	return env
}

// spec is the spec of the dashboard.
func (e *editor) spec() *value { return e.document.within("spec") }

// shown is how much of a text a line of the diff shows.
const shown = 80

// clip shortens a text for a line, and says so by an ellipsis.
func clip(text string) string {
	count := 0
	for i := range text {
		if count++; count > shown {
			return dashboard.Clip(text, i)
		}
	}
	return text
}

// counted is a number of things: 1 panel, 2 panels.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
