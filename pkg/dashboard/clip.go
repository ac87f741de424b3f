package dashboard

import (
	"fmt"
	"regexp"
	"strings"
)

// Clip shortens a text that a sentence repeats to so many bytes, and says so by an ellipsis. It does not cut a URL before its path:
// the password in one that ends before the host is not known for one, and would be shown.
func Clip(text string, most int) string {
	if len(text) <= most {
		return text
	}
	kept := strings.ToValidUTF8(text[:most], "")
	return kept[:openUser(kept)] + "…"
}

// What stands before and behind the user part of a URL, as a URL has it or percent-encoded. The slashes may be escaped.
var (
	beforeUser    = regexp.MustCompile(`(?i)(?::|%(?:25)*3a)(?:\\*(?:/|%(?:25)*2f)){2}`)
	behindUser    = regexp.MustCompile("[/?#\\s\"]")
	behindEncoded = regexp.MustCompile("(?i)[/?#\\s\"]|%(?:25)*(?:2f|3f|23)")
	oddPassword   = regexp.MustCompile(`(?is)^(?:\[[^]]*]|[^[].*?)(?::|%(?:25)*3a)(?:[^0-9${<[]|[0-9]+[^0-9])`)
)

// maxPassword is how far behind the host of a URL the @ may be after a password with a slash.
const maxPassword = 200

// openUser returns where a text that was cut off has a URL of which the user part may have been cut in two, so that nothing
// tells any more that it is one; the length of the text if there is none.
func openUser(text string) int {
	for _, at := range beforeUser.FindAllStringIndex(text, -1) {
		rest, behind := text[at[1]:], behindUser
		if strings.Contains(text[at[0]:at[1]], "%") {
			behind = behindEncoded
		}
		end := behind.FindStringIndex(rest)
		if end == nil {
			return at[1]
		}
		authority, more := rest[:end[0]], rest[end[0]:]
		odd := !strings.Contains(authority, "@") && !strings.Contains(authority, "40") && oddPassword.MatchString(authority)
		if odd && len(more) < maxPassword && !strings.ContainsAny(more, " \t\r\n\v\f\"") {
			return at[1]
		}
	}
	return len(text)
}

// JoinSome lists names, at most so many of them, and says how many more there are.
func JoinSome(names []string, most int, between string) string {
	if len(names) <= most {
		return strings.Join(names, between)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], between), len(names)-most)
}
