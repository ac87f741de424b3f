package dashboard

import (
	"fmt"
	"strings"
)

// Clip shortens a text that a sentence repeats to so many bytes, and says so by an ellipsis.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}

// Some lists names, at most so many of them, and says how many more there are.
func Some(names []string, most int, between string) string {
	if len(names) <= most {
		return strings.Join(names, between)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], between), len(names)-most)
}
