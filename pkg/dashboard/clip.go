package dashboard

import "strings"

// Clip shortens a text that a sentence repeats to so many bytes, and says so by an ellipsis.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	return strings.ToValidUTF8(text[:most], "") + "…"
}
