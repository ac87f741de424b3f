package edit

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Secrets decides which values of a document are hidden. That depends on the value and on the keys that lead to it. The
// zero value hides nothing.
type Secrets struct {
	Show  func(document json.RawMessage) json.RawMessage // returns the document with hidden values masked
	Hides func(document json.RawMessage) bool            // reports whether Show would mask a value
}

// nest wraps JSON text in objects with the given keys, because the keys decide whether a value is a secret.
func (s Secrets) nest(keys []string, raw string) json.RawMessage {
	var b strings.Builder
	for _, key := range keys {
		b.WriteString("{" + quote(key) + ":")
	}
	b.WriteString(raw)
	b.WriteString(strings.Repeat("}", len(keys)))
	return json.RawMessage(b.String())
}

// hasSecrets reports whether a value at the given keys contains hidden values.
func (e *editor) hasSecrets(keys []string, v *node) bool {
	if e.secrets.Hides == nil || v == nil {
		return false
	}
	e.budget.Spend(v.size)
	return e.secrets.Hides(e.secrets.nest(keys, v.String()))
}

// touchesSecrets is hasSecrets for a value that an edit is about to change. The answer must then not reveal whether the
// edit changed anything.
func (e *editor) touchesSecrets(keys []string, v *node) bool {
	hidden := e.hasSecrets(keys, v)
	e.touchedSecret = e.touchedSecret || hidden
	return hidden
}

// isUnchanged reports whether replacing a value would change nothing. Hidden values always count as changed, so that nobody
// can confirm a guess.
func (e *editor) isUnchanged(keys []string, have, other *node) bool {
	return !e.touchesSecrets(keys, have) && have.String() == other.String()
}

// isUnchangedText is isUnchanged for a string. A missing value equals "".
func (e *editor) isUnchangedText(have *node, text string) bool {
	if !have.isString() {
		return text == ""
	}
	return e.isUnchanged(nil, have, stringNode(text))
}

// mayHaveSecret reports whether a text contains an @, possibly percent-encoded, which ends the credentials in a URL.
func mayHaveSecret(text string) bool {
	return strings.Contains(text, "@") || strings.Contains(text, "40")
}

// searchable returns a name that an edit may refer to, or "" if the name contains a secret.
func (e *editor) searchable(text string) string {
	if mayHaveSecret(text) && e.hasSecrets(nil, stringNode(text)) {
		return ""
	}
	return text
}

// masked returns a text with its secrets masked.
func (e *editor) masked(text string) string {
	if e.secrets.Show == nil || !mayHaveSecret(text) {
		return text
	}
	e.budget.Spend(len(text))
	return gjson.ParseBytes(e.secrets.Show(json.RawMessage(quote(text)))).Str
}

// errRevealed is the error for edits that would show a hidden value.
var errRevealed = errors.New("it contains hidden values, such as passwords, which would be shown in the new place")

// checkStaysHidden returns an error if hidden values at the keys from would be shown at the keys to.
func (e *editor) checkStaysHidden(from, to []string, v *node) error {
	if !e.hasSecrets(from, v) {
		return nil
	}
	const passes = 3
	e.budget.Spend(passes * v.size)
	show := func(keys []string, raw string) string {
		shown, around := string(e.secrets.Show(e.secrets.nest(keys, raw))), len(e.secrets.nest(keys, ""))
		return shown[around-len(keys) : len(shown)-len(keys)]
	}
	there := show(to, v.String())
	if both := show(to, show(from, v.String())); both != there {
		return errRevealed
	}
	return nil
}

// collections are the lists and maps of a spec whose elements have one type and whose keys people choose.
var collections = []string{"datasources", "panels", "variables", "layouts", "links", "annotations"}

// errMoved is the error for edits that would put hidden values into a place of another kind.
var errMoved = errors.New("it contains hidden values, such as passwords: copy or move the whole datasource, panel or list element, and only to another name or index in the same object or list")

// checkMovable returns an error if a value contains hidden values and would move to a place of another kind. Text made from
// such a place could show them: a panel key, an error from Perses, the captured value of a variable.
func (e *editor) checkMovable(from, to location, v *node) error {
	if !e.hasSecrets(from.keys, v) {
		return nil
	}
	last := len(from.path) - 1
	ofSpec := last == 2 && from.path[0] == "spec" && slices.Contains(collections, from.path[1])
	if len(to.path) != len(from.path) || !slices.Equal(from.path[:last], to.path[:last]) || !ofSpec && (!from.inList || !to.inList) {
		return errMoved
	}
	return e.checkStaysHidden(from.keys, to.keys, v)
}
