package panel

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// sentence makes a sentence of an error.
func sentence(text string) string {
	first, size := utf8.DecodeRuneInString(text)
	if size > 0 {
		text = string(unicode.ToUpper(first)) + text[size:]
	}
	if strings.HasSuffix(text, ".") || strings.HasSuffix(text, "?") {
		return text
	}
	return text + "."
}

// ofSeveral begins what is said of a panel of which some queries have failed.
func ofSeveral(failed, total int) string {
	return fmt.Sprintf("%d of %d queries failed: ", failed, total)
}
