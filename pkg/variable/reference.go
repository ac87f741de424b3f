// Package variable says how texts name the variables of dashboards, and which names a variable can have.
package variable

import (
	"iter"
	"strings"
)

// Reference is where a text names a variable: as $name, ${name} or ${name:format}. The UI reads ${name.field}, too, but
// puts nothing in its place (components/src/utils/variable-interpolation.ts).
type Reference struct {
	Name       string
	Field      string // that it asks for, "" for none
	Format     string // in which it asks for the value, as the text has it; "" for none
	Start, End int    // where it stands in the text, in bytes
}

// References returns the references in a text, from its begin to its end. It reads each byte a few times at the most.
func References(text string) iter.Seq[Reference] {
	return func(yield func(Reference) bool) {
		s := scan{text: text}
		for start := 0; ; {
			next := strings.IndexByte(text[start:], '$')
			if next < 0 {
				return
			}
			start += next
			r, ok := s.reference(start)
			if !ok {
				start++
				continue
			}
			if !yield(r) {
				return
			}
			start = r.End
		}
	}
}

// Names returns the names of the variables that a text names, each once, in the order in which they come.
func Names(text string) []string {
	var names []string
	seen := map[string]bool{}
	for r := range References(text) {
		if !seen[r.Name] {
			seen[r.Name] = true
			names = append(names, r.Name)
		}
	}
	return names
}

// scan reads the references of a text. It remembers where the characters stand that end one: of a thousand that nothing ends, each
// would be read to the end of the text otherwise.
type scan struct {
	text        string
	brace, stop int // of the places asked for last, of which nothing stands before
}

// reference reads the one that begins at a $, as a regular expression would: \$\w+|\$\{\w+(\.[^:^}]+)?(:[^}]+)?\}
func (s *scan) reference(start int) (r Reference, ok bool) {
	r.Start = start
	at := start + len("$")
	braces := at < len(s.text) && s.text[at] == '{'
	if braces {
		at++
	}
	begin := at
	for at < len(s.text) && isWord(s.text[at]) {
		at++
	}
	r.Name, r.End = s.text[begin:at], at
	if r.Name == "" || !braces {
		return r, r.Name != ""
	}
	if strings.HasPrefix(s.text[at:], ".") {
		end := s.next(&s.stop, at+1, ":^}")
		r.Field, at = s.text[at+1:end], end
		if r.Field == "" {
			return r, false
		}
	}
	if strings.HasPrefix(s.text[at:], ":") {
		end := s.next(&s.brace, at+1, "}")
		r.Format, at = s.text[at+1:end], end
		if r.Format == "" {
			return r, false
		}
	}
	r.End = at + len("}")
	return r, strings.HasPrefix(s.text[at:], "}")
}

// next returns where one of some characters stands from a place on, the end of the text if none does. known is what it returned
// before, for a place that is not behind this one.
func (s *scan) next(known *int, from int, chars string) int {
	if *known < from {
		*known = len(s.text)
		if i := strings.IndexAny(s.text[from:], chars); i >= 0 {
			*known = from + i
		}
	}
	return *known
}

// Alone reads a text that is a reference and nothing else; ok tells whether it is.
func Alone(text string) (r Reference, ok bool) {
	for r := range References(text) {
		return r, r.Start == 0 && r.End == len(text)
	}
	return r, false
}

// Bare returns the name in a text that is a reference and nothing else, $job or ${job:regex}; any other text as it is.
func Bare(text string) string {
	if r, ok := Alone(text); ok {
		return r.Name
	}
	return text
}

// IsPlain tells whether a text is $name and nothing else, the only form in which a datasource can be that of a variable
// (shared/cue/common/variable.cue).
func IsPlain(text string) bool {
	r, ok := Alone(text)
	return ok && len(text) == len("$")+len(r.Name)
}

// Rename returns a text that names a variable otherwise wherever it does.
func Rename(text, name, to string) string {
	var b strings.Builder
	done := 0
	for r := range References(text) {
		if r.Name != name {
			continue
		}
		at := r.Start + len("$")
		if text[at] == '{' {
			at++
		}
		b.WriteString(text[done:at])
		b.WriteString(to)
		done = at + len(name)
	}
	b.WriteString(text[done:])
	return b.String()
}
