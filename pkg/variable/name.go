package variable

import "strings"

// NameCharacters describes the characters of names that texts can refer to.
const NameCharacters = "a-z A-Z 0-9 _"

// isWord reports whether c is one of NameCharacters.
func isWord(c byte) bool {
	return c == '_' || '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// IsWord reports whether text is not empty and consists of NameCharacters only.
func IsWord(text string) bool {
	for i := range len(text) {
		if !isWord(text[i]) {
			return false
		}
	}
	return text != ""
}

// IsName reports whether text is a valid name to which texts can refer. Perses also accepts names with other characters. It refuses
// names of digits only and names of its own variables (internal/api/validate/validate.go).
func IsName(text string) bool { return IsWord(text) && !IsDigits(text) && !IsBuiltin(text) }

// IsDigits reports whether text consists of digits only. To Perses, $1 is not a variable but a group of label_replace.
func IsDigits(text string) bool { return strings.Trim(text, "0123456789") == "" }

// IsBuiltin reports whether name is reserved for Perses' own variables, such as __interval.
func IsBuiltin(name string) bool { return strings.HasPrefix(name, "__") }

// IsAmount reports whether the name after a $ begins with a digit, as in $1 of label_replace or $20k of a price. Unless it is defined,
// it is most likely not a variable.
func IsAmount(name string) bool { return name != "" && '0' <= name[0] && name[0] <= '9' }
