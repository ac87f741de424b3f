package variable

import "strings"

// NameCharacters are those of which the names consist that texts can name, in words.
const NameCharacters = "a-z A-Z 0-9 _"

// isWord tells these characters.
func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// IsWord tells whether a text consists of the characters of names alone.
func IsWord(text string) bool {
	for i := range len(text) {
		if !isWord(text[i]) {
			return false
		}
	}
	return text != ""
}

// IsName tells whether a variable can have a name, and texts can name it. Perses takes a name with one other character, too,
// but none of digits alone, and none of its own (internal/api/validate/validate.go).
func IsName(text string) bool { return IsWord(text) && !IsDigits(text) && !IsBuiltin(text) }

// IsDigits tells whether there is nothing but digits in a text: $1 is no variable to Perses, but a group of label_replace.
func IsDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// IsBuiltin tells the names of the variables that Perses has itself.
func IsBuiltin(name string) bool { return strings.HasPrefix(name, "__") }

// IsAmount tells what a text has behind a $ that most likely is no variable unless one is defined: the $1 of label_replace,
// or the $20k of a price.
func IsAmount(name string) bool { return name != "" && '0' <= name[0] && name[0] <= '9' }
