package dashboard

import "regexp"

// PanelRef is what a reference to a panel begins with; its key follows.
const PanelRef = "#/spec/panels/"

// MostKey is how long the key of a panel can be (spec/go/common/id.go).
const MostKey = 75

// KeyCharacters are those of which a key consists, in words.
const KeyCharacters = "a-z A-Z 0-9 _ -"

var key = regexp.MustCompile(`^[a-zA-Z0-9_-]+$`)

// IsKey tells whether a panel can have a key. Perses takes one with a dot, too, but no layout that refers to it
// (spec/go/common/jsonref.go).
func IsKey(text string) bool { return len(text) <= MostKey && key.MatchString(text) }
