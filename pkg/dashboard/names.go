package dashboard

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/perses/mcp-server/pkg/variable"
)

// MaxName is how long a name can be in Perses (spec/go/common/validate.go).
const MaxName = 75

// ofNames matches what consists of the characters that Perses takes in names.
var ofNames = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)

// IsName tells whether Perses takes a text for a name: of a document, a variable or a panel.
func IsName(text string) bool { return len(text) <= MaxName && ofNames.MatchString(text) }

// CheckVariable refuses a name that a new variable cannot have. The error says what it can have.
func CheckVariable(name string) error {
	if IsName(name) && variable.IsName(name) {
		return nil
	}
	return fmt.Errorf("%q is no name of a variable: want 1 to %d letters, digits and _, not only digits and no __ in front", Clip(name, MaxName), MaxName)
}

// PanelRef is what a reference to a panel begins with; its key follows.
const PanelRef = "#/spec/panels/"

// KeyCharacters are those of which the key of a panel consists, in words.
const KeyCharacters = "a-z A-Z 0-9 _ -"

// notOfKeys matches what consists of others.
var notOfKeys = regexp.MustCompile(`[^a-zA-Z0-9_-]+`)

// IsKey tells whether a panel can have a key. Perses takes one with a dot, too, but no layout that refers to it
// (spec/go/common/jsonref.go).
func IsKey(text string) bool { return IsName(text) && !notOfKeys.MatchString(text) }

// CheckKey refuses what cannot be the key of a panel, and says what can.
func CheckKey(text string) error {
	if IsKey(text) {
		return nil
	}
	return fmt.Errorf("%q is no key of a panel: want 1 to %d of %s", Clip(text, MaxName), MaxName, KeyCharacters)
}

// KeyFrom makes a key of a text that is none, with another text in the place of what a key cannot have. It is empty if nothing
// in the text can stand in one.
func KeyFrom(text, instead string) string {
	good := strings.Trim(notOfKeys.ReplaceAllString(text, instead), "-_")
	return good[:min(len(good), MaxName)]
}
