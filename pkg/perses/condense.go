package perses

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/perses/mcp-server/pkg/dashboard"
)

const (
	// maxWords is how many bytes of Perses' words are read. It writes about a hundred lines for each unit that it does not know,
	// so this has what is wrong with hundreds of panels; whoever has mended these asks again.
	maxWords = 256 << 10
	// maxLine is how many bytes of a line are compared with those that have other words. Lines name a field and two values.
	maxLine = 2 << 10
)

// maxMessage is how many bytes of Perses' words an error repeats.
const maxMessage = 1000

// Fault is one thing that Perses finds wrong with a document.
type Fault struct {
	Where string // "panel cpu, queries[0]", "variable job", "datasource prom"; "" if Perses does not say
	What  string // in a clause that names the field, what is accepted and, if there is one, the nearest of that
}

func (f Fault) String() string {
	if f.Where == "" {
		return f.What
	}
	return f.Where + ": " + f.What
}

// echoError is how the web framework of Perses writes an error of its own.
var echoError = regexp.MustCompile(`^code=\d+, message=(.*?)(?:, internal=.*)?$`)

// places are how Perses names the part of a document that a line is about.
var places = sync.OnceValue(func() []placing {
	return []placing{
		{regexp.MustCompile(`^panel "([^"]+)": invalid query n°(\d+): (.*)$`), "panel"},
		{regexp.MustCompile(`^panel "([^"]+)": ()(.*)$`), "panel"},
		{regexp.MustCompile(`^invalid panel (\S+): ()(.*)$`), "panel"},
		{regexp.MustCompile(`^invalid variable (\S+): ()(.*)$`), "variable"},
		{regexp.MustCompile(`^invalid datasource (\S+): ()(.*)$`), "datasource"},
	}
})

// placing finds in a line the name of a part, the number of one of its queries, if it says any, and what it says of that.
type placing struct {
	pattern *regexp.Regexp
	part    string
}

// where names the part that was found. Perses counts queries from 1, edits and JSON Pointers from 0.
func (p placing) where(name, number string) string {
	where := p.part + " " + name
	if n, err := strconv.Atoi(number); err == nil {
		where += fmt.Sprintf(", queries[%d]", n-1)
	}
	return where
}

// faultsOf takes from Perses' words what says nothing to a reader: the prefix that it repeats for every layer, the places
// in its own files that CUE adds, what was said before. The values that would have been accepted, of which CUE makes a
// line each, become one list, and what is left is put into words that say what to write.
func faultsOf(message string) []Fault {
	var faults []Fault
	where := ""
	refused := map[string]*choice{} // what a field was given, by its place and path
	seen := map[Fault]bool{}
	add := func(what string) {
		if f := (Fault{where, MaskMessage(what)}); !seen[f] {
			seen[f] = true
			faults = append(faults, f)
		}
	}
	// Masked before it is cut, for a password is known for one by the @ behind it.
	message = MaskText(message[:min(len(message), 2*maxWords)])
	message = message[:min(len(message), maxWords)]
	for line := range strings.FieldsFuncSeq(message, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line = strings.TrimSpace(line)
		line = dashboard.Clip(line, maxLine)
		for strings.HasPrefix(line, "bad request: ") {
			line = strings.TrimPrefix(line, "bad request: ")
		}
		line = echoError.ReplaceAllString(line, "$1")
		for _, p := range places() {
			if found := p.pattern.FindStringSubmatch(line); found != nil {
				where, line = p.where(found[1], found[2]), found[3]
				break
			}
		}
		if line == "" || isPlace(line) || strings.Contains(line, " errors in empty disjunction:") {
			continue
		}
		line = strings.TrimSuffix(line, ":")
		if field, ok := aboutSecret(line); ok {
			add(field + ": its value, which may be a secret and is not repeated, is not accepted")
			continue
		}
		field, given, accepted, ok := ofChoice(line)
		if !ok {
			add(restate(line))
			continue
		}
		key := where + "\n" + field
		if refused[key] == nil {
			refused[key] = &choice{at: len(faults), field: field, given: given}
			faults = append(faults, Fault{Where: where})
		}
		refused[key].accepted = append(refused[key].accepted, accepted)
	}
	for _, c := range refused {
		faults[c.at].What = MaskMessage(c.String())
	}
	if faults == nil { // better a line that says little than none
		add(strings.TrimSpace(strings.ReplaceAll(message, "bad request: ", "")))
	}
	// Perses goes through panels in another order each time.
	slices.SortStableFunc(faults, func(a, b Fault) int { return strings.Compare(a.Where, b.Where) })
	return faults
}

// aboutSecret returns the field of a line of CUE that repeats a value which Show masks by its keys:
// `spec.proxy.spec.headers.Authorization: conflicting values "Bearer x" and int`.
func aboutSecret(line string) (field string, ok bool) {
	field, what, ok := strings.Cut(line, ": ")
	if !ok || strings.Contains(field, " ") || !strings.HasPrefix(what, "conflicting values ") && !strings.HasPrefix(what, "invalid value ") {
		return field, false
	}
	var last step
	for name := range strings.SplitSeq(strings.ReplaceAll(field, `"`, ""), ".") {
		_, err := strconv.Atoi(name)
		if last = last.below(err == nil); !last.list {
			last.rename([]byte(name))
		}
	}
	return field, last.secret
}

// condense returns the same in one line of bounded length.
func condense(message string) string { return joined(faultsOf(message)) }

func joined(faults []Fault) string {
	var b strings.Builder
	for i, f := range faults {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(f.String())
	}
	return dashboard.Clip(b.String(), maxMessage)
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

// Restate puts what Perses, or its Go types, say of a document into the words of condense.
func Restate(err error) error { return fmt.Errorf("%s", condense(err.Error())) }
