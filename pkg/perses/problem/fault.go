package problem

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

const (
	// maxInput is the maximum number of bytes of Perses' message that are parsed. Perses writes about a hundred lines for each
	// unknown unit, so this covers faults in hundreds of panels.
	maxInput = 256 << 10
	// maxLine is the maximum number of bytes of a line that are parsed. Lines name a field and two values.
	maxLine = 2 << 10
	// maxMessage is the maximum number of bytes of an error message.
	maxMessage = 1000
)

// Fault is one thing that Perses finds wrong with a document.
type Fault struct {
	Where string // "panel cpu, queries[0]", "variable job", "datasource prom"; "" if Perses does not say
	What  string // a clause with the field, the accepted values and, if there is one, the nearest of them
}

func (f Fault) String() string {
	if f.Where == "" {
		return f.What
	}
	return f.Where + ": " + f.What
}

// echoError matches an error of echo, the web framework of Perses.
var echoError = regexp.MustCompile(`^code=\d+, message=(.*?)(?:, internal=.*)?$`)

// locations match lines that name a part of the document.
var locations = sync.OnceValue(func() []location {
	return []location{
		{regexp.MustCompile(`^panel "([^"]+)": invalid query n°(\d+): (.*)$`), "panel"},
		{regexp.MustCompile(`^panel "([^"]+)": ()(.*)$`), "panel"},
		{regexp.MustCompile(`^invalid panel (\S+): ()(.*)$`), "panel"},
		{regexp.MustCompile(`^invalid variable (\S+): ()(.*)$`), "variable"},
		{regexp.MustCompile(`^invalid datasource (\S+): ()(.*)$`), "datasource"},
	}
})

// location matches the name of a part, the number of one of its queries (or nothing), and the rest of the line.
type location struct {
	pattern *regexp.Regexp
	part    string
}

// where names a part. Perses counts queries from 1, edits and JSON Pointers count from 0.
func (l location) where(name, number string) string {
	where := l.part + " " + name
	if n, err := strconv.Atoi(number); err == nil {
		where += fmt.Sprintf(", queries[%d]", n-1)
	}
	return where
}

// parseFaults extracts the faults from a message of Perses. It drops the prefixes that Perses repeats for every layer, the
// positions in schema files that CUE adds, and duplicates. CUE writes a line for each value that it would accept; they become one
// list. Other lines are restated so that they say what to write.
func parseFaults(message string) []Fault {
	var faults []Fault
	where := ""
	choices := map[string]*choice{} // by place and field
	seen := map[Fault]bool{}
	add := func(what string) {
		if f := (Fault{where, mask.Message(what)}); !seen[f] {
			seen[f] = true
			faults = append(faults, f)
		}
	}
	// The message is masked before it is truncated, because a password is recognised by the @ after it.
	message = mask.Text(message[:min(len(message), 2*maxInput)])
	message = message[:min(len(message), maxInput)]
	for line := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = dashboard.Clip(strings.TrimSpace(line), maxLine)
		for strings.HasPrefix(line, "bad request: ") {
			line = strings.TrimPrefix(line, "bad request: ")
		}
		line = echoError.ReplaceAllString(line, "$1")
		for _, l := range locations() {
			if found := l.pattern.FindStringSubmatch(line); found != nil {
				where, line = l.where(found[1], found[2]), found[3]
				break
			}
		}
		if line == "" || isPosition(line) || strings.Contains(line, " errors in empty disjunction:") {
			continue
		}
		line = strings.TrimSuffix(line, ":")
		if field, ok := secretField(line); ok {
			add(field + ": its value is not accepted; it is not repeated because it may be a secret")
			continue
		}
		field, given, accepted, ok := parseChoice(line)
		if !ok {
			add(restate(line))
			continue
		}
		key := where + "\n" + field
		if choices[key] == nil {
			choices[key] = &choice{fault: len(faults), field: field, given: given}
			faults = append(faults, Fault{Where: where})
		}
		choices[key].accepted = append(choices[key].accepted, accepted)
	}
	for _, c := range choices {
		faults[c.fault].What = mask.Message(c.String())
	}
	if faults == nil { // a vague message is better than none
		add(strings.TrimSpace(strings.ReplaceAll(message, "bad request: ", "")))
	}
	// Perses visits panels in random order.
	slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(a.Where, b.Where) })
	return faults
}

// secretField returns the field of a CUE line that repeats a secret value:
// `spec.proxy.spec.headers.Authorization: conflicting values "Bearer x" and int`.
func secretField(line string) (field string, ok bool) {
	field, what, ok := strings.Cut(line, ": ")
	if !ok || strings.Contains(field, " ") || !strings.HasPrefix(what, "conflicting values ") && !strings.HasPrefix(what, "invalid value ") {
		return field, false
	}
	return field, mask.IsSecretField(field)
}

// isPosition reports whether a line is a position in a file, such as "/plugins/Prometheus/schemas/query.cue:12:3" or "1:35".
func isPosition(line string) bool {
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

func join(faults []Fault) string {
	var b strings.Builder
	for i, f := range faults {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.String())
	}
	return dashboard.Clip(b.String(), maxMessage)
}

// Condense returns the faults in a message of Perses in one line of bounded length.
func Condense(message string) string { return join(parseFaults(message)) }

// Restate condenses an error of Perses or its Go types about a document.
func Restate(err error) error { return errors.New(Condense(err.Error())) }

// cycleFault is the fault of variables that refer to each other. Perses does not name them.
const cycleFault = "variables form a cycle"

// nameCycle adds the variables to a cycle fault. It finds them in the dashboard that Perses refused.
func nameCycle(faults []Fault, document []byte) {
	at := slices.IndexFunc(faults, func(f Fault) bool { return f.What == cycleFault })
	if at < 0 {
		return
	}
	d, err := dashboard.Parse(document)
	if err != nil {
		return
	}
	if cycle := dashboard.Cycle(d.Variables); cycle != nil {
		faults[at].What = "variables " + dashboard.DescribeCycle(cycle)
	}
}
