package dashboard

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/perses/mcp-server/pkg/variable"
)

// MaxName is the maximum length of a name in Perses (spec/go/common/validate.go).
const MaxName = 75

// ofNames matches texts of characters that names may contain.
var ofNames = regexp.MustCompile(`^[a-zA-Z0-9_.-]+$`)

// IsName reports whether a text is a valid name of a document, variable or panel.
func IsName(text string) bool { return len(text) <= MaxName && ofNames.MatchString(text) }

// CheckVariable returns an error if a text is not a valid name for a new variable.
func CheckVariable(name string) error {
	if IsName(name) && variable.IsName(name) {
		return nil
	}
	return fmt.Errorf("%q is not a variable name; use 1 to %d letters, digits and _, not only digits and without __ at the start", Clip(name, MaxName), MaxName)
}

// PanelRef is the prefix of a reference to a panel, before the key.
const PanelRef = "#/spec/panels/"

// KeyCharacters describes the characters of panel keys.
const KeyCharacters = "a-z A-Z 0-9 _ -"

// notOfKeys matches characters that panel keys must not contain.
var notOfKeys = regexp.MustCompile(`[^a-zA-Z0-9_-]+`)

// IsKey reports whether a text is a valid panel key. Perses also accepts keys with a dot, but no layout can refer to them
// (spec/go/common/jsonref.go).
func IsKey(text string) bool { return IsName(text) && !notOfKeys.MatchString(text) }

// CheckKey returns an error if a text is not a valid panel key.
func CheckKey(text string) error {
	if IsKey(text) {
		return nil
	}
	return fmt.Errorf("%q is not a panel key; use 1 to %d of the characters %s", Clip(text, MaxName), MaxName, KeyCharacters)
}

// KeyFrom makes a panel key from a text by replacing invalid characters. It returns "" if no valid character is left.
func KeyFrom(text, replacement string) string {
	good := strings.Trim(notOfKeys.ReplaceAllString(text, replacement), "-_")
	return good[:min(len(good), MaxName)]
}
