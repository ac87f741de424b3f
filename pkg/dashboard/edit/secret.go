package edit

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Secrets says which values of a document are hidden. That depends on the keys under which a value stands, and on the value
// itself. Without functions nothing is hidden.
type Secrets struct {
	Show  func(document json.RawMessage) json.RawMessage // returns the document with its hidden values masked
	Hides func(document json.RawMessage) bool            // reports whether Show masks a value
}

// within returns JSON under keys, because the keys tell whether a value is a secret.
func (s Secrets) within(keys []string, raw string) json.RawMessage {
	var b strings.Builder
	for _, key := range keys {
		b.WriteString("{" + quote(key) + ":")
	}
	b.WriteString(raw)
	b.WriteString(strings.Repeat("}", len(keys)))
	return json.RawMessage(b.String())
}

// hides reports whether a value under keys contains hidden values.
func (e *editor) hides(keys []string, v *value) bool {
	if e.secrets.Hides == nil || v == nil {
		return false
	}
	e.budget.Spend(v.size)
	return e.secrets.Hides(e.secrets.within(keys, v.String()))
}

// guarded is hides for a value that an edit is about to change: an answer must not tell whether the edit changed a hidden value.
func (e *editor) guarded(keys []string, v *value) bool {
	hidden := e.hides(keys, v)
	e.kept = e.kept || hidden
	return hidden
}

// same reports whether two values under the same keys are equal. A hidden value is equal to no other, so that nobody learns
// it by guessing.
func (e *editor) same(keys []string, have, other *value) bool {
	return !e.guarded(keys, have) && have.String() == other.String()
}

// isText reports whether a value of the document is the given text, as same does. No text counts as "".
func (e *editor) isText(have *value, text string) bool {
	if !have.isText() {
		return text == ""
	}
	return e.same(nil, have, textValue(text))
}

// mayHide tells whether a text has the @ that ends the user part of a URL, percent-encoded or not.
func mayHide(text string) bool { return strings.Contains(text, "@") || strings.Contains(text, "40") }

// named returns a name by which something can be asked for; "" if it is not shown.
func (e *editor) named(text string) string {
	if mayHide(text) && e.hides(nil, textValue(text)) {
		return ""
	}
	return text
}

// shown returns a text as it may be shown.
func (e *editor) shown(text string) string {
	if e.secrets.Show == nil || !mayHide(text) {
		return text
	}
	e.budget.Spend(len(text))
	return gjson.ParseBytes(e.secrets.Show(json.RawMessage(quote(text)))).Str
}

// errReveals is the error of an edit after which a hidden value would be shown.
var errReveals = errors.New("it holds values that are not shown, such as passwords, and would show them in the new place")

// reveals returns an error if a value contains hidden values that would be shown under other keys.
func (e *editor) reveals(from, to []string, v *value) error {
	if !e.hides(from, v) {
		return nil
	}
	const passes = 3
	e.budget.Spend(passes * v.size)
	show := func(keys []string, raw string) string {
		shown, around := string(e.secrets.Show(e.secrets.within(keys, raw))), len(e.secrets.within(keys, ""))
		return shown[around-len(keys) : len(shown)-len(keys)]
	}
	there := show(to, v.String())
	if both := show(to, show(from, v.String())); both != there {
		return errReveals
	}
	return nil
}

// parts are the lists and the maps of a spec whose elements are all of one kind, under names that people choose.
var parts = []string{"datasources", "panels", "variables", "layouts", "links", "annotations"}

// errMoves is the error of an edit that puts hidden values in a place of another kind.
var errMoves = errors.New("it holds values that are not shown, such as passwords: copy or move the whole datasource, panel or list element that holds them, and only to another name or index beside it")

// movable returns an error if a value contains hidden values and would stand in a place of another kind. There, texts made
// from it might show them: the key of a panel, an error of Perses, the value that a variable captures.
func (e *editor) movable(from, to spotOfPath, v *value) error {
	if !e.hides(from.keys, v) {
		return nil
	}
	last := len(from.way) - 1
	ofSpec := last == 2 && from.way[0] == "spec" && slices.Contains(parts, from.way[1])
	if len(to.way) != len(from.way) || !slices.Equal(from.way[:last], to.way[:last]) || !ofSpec && (!from.list || !to.list) {
		return errMoves
	}
	return e.reveals(from.keys, to.keys, v)
}
