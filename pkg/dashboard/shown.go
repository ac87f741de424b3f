package dashboard

import (
	"fmt"
	"strings"
)

// Clip shortens a text that a sentence repeats to so many bytes, and says so by an ellipsis. It does not cut a URL before its path:
// the password in one that ends before the host is not known for one, and would be shown.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	const begin = "://"
	kept := strings.ToValidUTF8(text[:most], "")
	if at := strings.LastIndex(kept, begin); at >= 0 && !strings.ContainsAny(kept[at+len(begin):], "/?#\" \t\n") {
		kept = kept[:at+len(begin)]
	}
	return kept + "…"
}

// Some lists names, at most so many of them, and says how many more there are.
func Some(names []string, most int, between string) string {
	if len(names) <= most {
		return strings.Join(names, between)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], between), len(names)-most)
}
