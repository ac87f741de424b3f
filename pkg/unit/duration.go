package unit

import (
	"fmt"
	"regexp"
	"strings"
)

// durationPart matches a number with a unit of time, such as "1 day, " or "12h".
var durationPart = regexp.MustCompile(`(?i)^\s*(\d+)\s*([a-z]+)\s*(?:,|and\b)?`)

// durationUnits are the units of time in durations of Perses, with the words for them. There is none for months.
var durationUnits = []struct{ letter, names string }{
	{"ms", " ms msec msecs millisecond milliseconds "},
	{"s", " s sec secs second seconds "},
	{"m", " m min mins minute minutes "},
	{"h", " h hr hrs hour hours "},
	{"d", " d day days "},
	{"w", " w wk week weeks "},
	{"y", " y yr year years "},
}

// SuggestDuration returns a duration as Perses writes it, such as 1h for "1 hour" and "now-1h". It returns "" if the meaning of
// the text is unclear.
func SuggestDuration(text string) string {
	rest := strings.TrimPrefix(strings.TrimPrefix(strings.TrimSpace(text), "now"), "-")
	var b strings.Builder
	for rest != "" {
		found := durationPart.FindStringSubmatch(rest)
		if found == nil {
			return ""
		}
		letter := ""
		for _, u := range durationUnits {
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

// InvalidDuration returns the text of an error about an invalid duration, with a suggestion how to write it.
func InvalidDuration(text string) string {
	if written := SuggestDuration(text); written != "" {
		return fmt.Sprintf("%q is no duration; write %q", text, written)
	}
	return fmt.Sprintf("%q is no duration; write it as 30s, 15m, 1h or 1d12h", text)
}
