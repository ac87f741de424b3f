// Package variable says how texts name the variables of dashboards, and which names a variable can have.
package variable

import (
	"iter"
	"regexp"
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

// braced matches a text that begins with the name of a variable in braces.
var braced = regexp.MustCompile(`^\$\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\}`)

// References returns the references in a text, from its begin to its end.
func References(text string) iter.Seq[Reference] {
	return func(yield func(Reference) bool) {
		for start := 0; ; {
			next := strings.IndexByte(text[start:], '$')
			if next < 0 {
				return
			}
			start += next
			r, length := first(text[start:])
			if length == 0 {
				start++
				continue
			}
			r.Start, r.End = start, start+length
			if !yield(r) {
				return
			}
			start = r.End
		}
	}
}

// first reads the reference that a text begins with, and returns how long that is; 0 if there is none. Most have no braces,
// and are read without a regular expression, which a megabyte of them would have to wait for.
func first(text string) (r Reference, length int) {
	end := 1
	for end < len(text) && isWord(text[end]) {
		end++
	}
	if end > 1 {
		return Reference{Name: text[1:end]}, end
	}
	match := braced.FindStringSubmatch(text)
	if match == nil {
		return r, 0
	}
	return Reference{Name: match[1], Field: match[2], Format: match[3]}, len(match[0])
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
