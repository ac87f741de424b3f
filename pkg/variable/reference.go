// Package variable finds references to variables in texts, and knows which names variables can have.
package variable

import (
	"iter"
	"strings"
)

// Reference is a reference to a variable: $name, ${name} or ${name:format}. The UI also parses ${name.field}, but does not replace it
// (components/src/utils/variable-interpolation.ts).
type Reference struct {
	Name       string
	Field      string // empty if it has none
	Format     string // empty if it has none
	Start, End int    // its place in the text, in bytes
}

// References returns the references in text, in their order. It runs in linear time.
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

// Names returns the names of the variables that text refers to, each once, in the order of their first references.
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

// scan finds the references in a text. It remembers where it last found a closing character. Otherwise, each of many references
// that are never closed would be searched to the end of the text.
type scan struct {
	text        string
	brace, stop int // the results of the last searches by next
}

// reference parses the reference at a $, like the regular expression \$\w+|\$\{\w+(\.[^:^}]+)?(:[^}]+)?\}
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

// next returns the index of the first of chars at or after from, or the length of the text if there is none. known holds the result
// of the previous search for the same chars, whose from was not greater.
func (s *scan) next(known *int, from int, chars string) int {
	if *known < from {
		*known = len(s.text)
		if i := strings.IndexAny(s.text[from:], chars); i >= 0 {
			*known = from + i
		}
	}
	return *known
}

// Alone returns the reference of which text consists. ok is false if text is anything else.
func Alone(text string) (r Reference, ok bool) {
	for r := range References(text) {
		return r, r.Start == 0 && r.End == len(text)
	}
	return r, false
}

// Bare returns the name in a text that consists of one reference, such as $job or ${job:regex}. It returns other texts unchanged.
func Bare(text string) string {
	if r, ok := Alone(text); ok {
		return r.Name
	}
	return text
}

// IsPlain reports whether text is exactly $name. A datasource can be given by a variable in this form only
// (shared/cue/common/variable.cue).
func IsPlain(text string) bool {
	r, ok := Alone(text)
	return ok && len(text) == len("$")+len(r.Name)
}

// Rename returns text with the references to the variable name changed to the name to.
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
