package dashboard

import (
	"fmt"
	"regexp"
	"strings"
)

// Clip shortens a quoted text to at limit limit bytes, followed by an ellipsis. It does not cut a URL before its path, because a
// password without the host after it would not be recognized and masked.
func Clip(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	kept := strings.ToValidUTF8(text[:limit], "")
	return kept[:openUser(kept)] + "…"
}

// The text before and after the user part of a URL, plain or percent-encoded. The slashes may be escaped.
var (
	beforeUser       = regexp.MustCompile(`(?i)(?::|%(?:25)*3a)(?:\\*(?:/|%(?:25)*2f)){2}`)
	afterUser        = regexp.MustCompile("[/?#\\s\"]")
	afterEncodedUser = regexp.MustCompile("(?i)[/?#\\s\"]|%(?:25)*(?:2f|3f|23)")
	oddPassword      = regexp.MustCompile(`(?is)^(?:\[[^]]*]|[^[].*?)(?::|%(?:25)*3a)(?:[^0-9${<[]|[0-9]+[^0-9])`)
)

// maxPassword is the maximum distance between the host of a URL and the @ after a password with a slash, in bytes.
const maxPassword = 200

// openUser returns where a text that was cut off has a URL whose user part may be incomplete, so that masking would miss it. It
// returns the length of the text if there is none.
func openUser(text string) int {
	for _, at := range beforeUser.FindAllStringIndex(text, -1) {
		rest, after := text[at[1]:], afterUser
		if strings.Contains(text[at[0]:at[1]], "%") {
			after = afterEncodedUser
		}
		end := after.FindStringIndex(rest)
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

// JoinSome joins the first limit names, and adds the number of the others.
func JoinSome(names []string, limit int, separator string) string {
	if len(names) <= limit {
		return strings.Join(names, separator)
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:limit], separator), len(names)-limit)
}
