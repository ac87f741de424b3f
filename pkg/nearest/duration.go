package nearest

import (
	"fmt"
	"regexp"
	"strings"
)

// part is a number with a unit of time, in words or letters.
var part = regexp.MustCompile(`(?i)^\s*(\d+)\s*([a-z]+)\s*(?:,|and\b)?`)

// units are the letters that Perses has for units of time, with what they are called. A month is none.
var units = []struct{ letter, names string }{
	{"ms", " ms msec msecs millisecond milliseconds "},
	{"s", " s sec secs second seconds "},
	{"m", " m min mins minute minutes "},
	{"h", " h hr hrs hour hours "},
	{"d", " d day days "},
	{"w", " w wk week weeks "},
	{"y", " y yr year years "},
}

// Duration returns how Perses writes the duration that a text is meant to be, such as 1h for "1 hour" and "now-1h"; "" if
// it cannot be made out.
func Duration(text string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text), "now"), "-")
	var b strings.Builder
	for rest != "" {
		found := part.FindStringSubmatch(rest)
		if found == nil {
			return ""
		}
		letter := ""
		for _, u := range units {
			if strings.Contains(u.names, " "+strings.ToLower(found[2])+" ") {
				letter = u.letter
			}
		}
		if letter == "" {
			return ""
		}
		b.WriteString(found[1] + letter)
		rest = strings.TrimSpace(rest[len(found[0]):])
	}
	return b.String()
}

// NoDuration says that a text is none, and how to write the one that is meant.
func NoDuration(text string) string {
	if written := Duration(text); written != "" {
		return fmt.Sprintf("%q is no duration; write %q", text, written)
	}
	return fmt.Sprintf("%q is no duration; write it as 30s, 15m, 1h or 1d12h", text)
}
