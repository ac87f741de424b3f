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

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
)

// editor is a document on which edits are made, one after the other.
type editor struct {
	document *value
	env      sketch.Env
	diff     []string
}

// mostEdits is how many edits are made at once. Each of them may look through all of the document, and no deadline
// ends that.
const mostEdits = 500

// Apply makes edits on the document of a dashboard, in their order and all or none. It returns the edited document, and in
// words what has changed, one line for each change. If nothing has, the document comes back as it is, with no lines.
//
// An error names the edit that cannot be made, by its index and its operation: edits[4] (change_panel). The document itself
// is never changed.
func Apply(document json.RawMessage, edits []json.RawMessage, env sketch.Env) (edited json.RawMessage, diff []string, err error) {
	if !gjson.ValidBytes(document) {
		return nil, nil, errors.New("the dashboard is not JSON")
	}
	e := &editor{document: newValue(string(document)), env: env}
	if !e.document.isObject() {
		return nil, nil, errors.New("the dashboard is not a JSON object")
	}
	if len(edits) == 0 {
		return nil, nil, errors.New(`there are no edits: want a list such as [{"op":"remove_panel","panel":"cpu"}]`)
	}
	if len(edits) > mostEdits {
		return nil, nil, fmt.Errorf("there are %d edits, more than the %d that are made at once: make them in parts", len(edits), mostEdits)
	}
	for i, raw := range edits {
		where := fmt.Sprintf("edits[%d]", i)
		f, err := read(raw)
		if err != nil {
			return nil, nil, fmt.Errorf("%s%w", where, err)
		}
		if err := f.operation.do(e, f); err != nil {
			return nil, nil, fmt.Errorf("%s (%s): %w", where, f.operation.name, err)
		}
	}
	if !e.document.isChanged() {
		return document, nil, nil
	}
	after := e.document.String()
	if after == string(document) {
		return document, nil, nil
	}
	if e.diff == nil { // which no edit leaves undone, but nobody must take for nothing
		e.say("changed")
	}
	return json.RawMessage(after), e.diff, nil
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
	runes := []rune(text)
	if len(runes) <= shown {
		return text
	}
	return string(runes[:shown]) + "…"
}

// counted is a number of things: 1 panel, 2 panels.
func counted(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
