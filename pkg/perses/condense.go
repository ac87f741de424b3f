package perses

import (
	"fmt"
	"regexp"
	"strings"
)

// maxMessage is how many bytes of Perses' words an error repeats.
const maxMessage = 1000

// conflict is what CUE says, once for each value that would have been accepted, of one that is not:
// `spec.format.unit: conflicting values "decimal" and "Percent":`.
var conflict = regexp.MustCompile(`^(.*): conflicting values (".*") and (".*?"):?$`)

// echoError is how the web framework of Perses writes an error of its own, and goType what Go's decoder says
// of a value of the wrong type, with the names of types that mean nothing outside.
var (
	echoError = regexp.MustCompile(`^code=\d+, message=(.*?)(?:, internal=.*)?$`)
	goType    = regexp.MustCompile(`json: cannot unmarshal (\w+) into Go struct field (?:\w+\.)?(\S+) of type \S+`)
)

// invalidPart is how Perses begins with the part of a document that it refuses. What follows on other lines is of the same part.
var invalidPart = regexp.MustCompile(`^invalid \w+ \S+: `)

// condense takes from Perses' words what says nothing to a reader: the prefix that it repeats for every
// layer, the places in its own files that CUE adds, what was said before. The values that would have been
// accepted, of which CUE makes a line each, become one list.
func condense(message string) string {
	var lines []string
	seen := map[string]bool{}
	accepted := map[string]int{} // the line that lists what a field accepts
	part := ""
	for line := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		for strings.HasPrefix(line, "bad request: ") {
			line = strings.TrimPrefix(line, "bad request: ")
		}
		line = echoError.ReplaceAllString(line, "$1")
		line = goType.ReplaceAllString(line, "$2: got a JSON $1, which does not fit there")
		if named := invalidPart.FindString(line); named != "" {
			part = named
		}
		if line == "" || seen[part+line] || isPlace(line) || strings.Contains(line, " errors in empty disjunction:") {
			continue
		}
		seen[part+line] = true
		if c := conflict.FindStringSubmatch(line); c != nil {
			field, value, given := part+strings.TrimPrefix(c[1], part), c[2], c[3]
			if i, ok := accepted[field]; ok {
				lines[i] += ", " + value
				continue
			}
			accepted[field] = len(lines)
			line = fmt.Sprintf("%s: %s is not accepted; accepted: %s", field, given, value)
		}
		lines = append(lines, strings.TrimSuffix(line, ":"))
	}
	if len(lines) == 0 { // better a line that says little than none
		lines = []string{strings.TrimSpace(strings.ReplaceAll(message, "bad request: ", ""))}
	}
	message = MaskText(strings.Join(lines, "; "))
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage], "") + "…"
	}
	return message
}

// isPlace tells a line such as "/plugins/Prometheus/schemas/query.cue:12:3" or "1:35" by its end.
func isPlace(line string) bool {
	parts := strings.Split(line, ":")
	if len(parts) < 2 || strings.ContainsAny(line, " \t") {
		return false
	}
	for _, number := range parts[len(parts)-2:] {
		if strings.Trim(number, "0123456789") != "" || number == "" {
			return false
		}
	}
	return true
}
