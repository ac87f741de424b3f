package edit

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"

	"github.com/tidwall/gjson"
)

// Secrets says what of a document is not shown to people. What is hidden depends on the keys under which a value stands, and
// on the value itself. Without functions nothing is.
type Secrets struct {
	Show  func(document json.RawMessage) json.RawMessage // with a mask in the place of what is hidden
	Hides func(document json.RawMessage) bool            // whether Show masks something
}

// within returns JSON as it stands under keys: what a secret is, is told by those.
func (s Secrets) within(keys []string, raw string) json.RawMessage {
	var b strings.Builder
	for _, key := range keys {
		b.WriteString("{" + quote(key) + ":")
	}
	b.WriteString(raw)
	b.WriteString(strings.Repeat("}", len(keys)))
	return json.RawMessage(b.String())
}

// hides tells whether a value under keys has something in it that is not shown.
func (e *editor) hides(keys []string, v *value) bool {
	if e.secrets.Hides == nil || v == nil {
		return false
	}
	e.budget.Spend(v.size)
	return e.secrets.Hides(e.secrets.within(keys, v.String()))
}

// guarded is hides for a value that an edit is about to change: whether it is another afterwards must not be seen.
func (e *editor) guarded(keys []string, v *value) bool {
	hidden := e.hides(keys, v)
	e.kept = e.kept || hidden
	return hidden
}

// same tells whether two values that stand under the same keys are equal. One that is not shown counts as another than any:
// whoever may not see it must not learn it by guessing.
func (e *editor) same(keys []string, have, other *value) bool {
	return !e.guarded(keys, have) && have.String() == other.String()
}

// isText tells whether a text of the document, "" if it is none, is the one that was given, as same does.
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

// errReveals is why a value is left where it is.
var errReveals = errors.New("it holds values that are not shown, such as passwords, and there they would be")

// reveals refuses to have a value stand under other keys, if something in it would then be shown that is not shown where it
// stands now.
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

// errMoves is why a value that is not shown is not put elsewhere.
var errMoves = errors.New("it holds values that are not shown, such as passwords, and such a value goes nowhere else: only a whole datasource, panel or element of a list can get another name or index")

// movable refuses to have a value that holds something hidden stand in a place of another kind. There it might be shown by what
// is made of it: the key of a panel by its title, an error of Perses by what it wants there, a variable by what it captures.
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
