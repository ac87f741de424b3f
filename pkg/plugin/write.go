package plugin

import (
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
)

// Text writes the schema so that it fits: if need be without comments, then without the longest of the definitions, whose
// names it returns. kind and spec are never left out, however long.
func (s *Schema) Text(fits func(text string) bool) (text string, leftOut []string) {
	written := s.write()
	if text = strings.Join(written, "\n"); fits(text) {
		return text, nil
	}
	for _, u := range s.units {
		ast.Walk(u.value, func(n ast.Node) bool { ast.SetComments(n, nil); return true }, nil)
	}
	written = s.write()
	units := slices.Clone(s.units)
	for text = strings.Join(written, "\n"); !fits(text); text = strings.Join(written, "\n") {
		longest := -1
		for i, u := range units {
			if isDefinition(u.as) && (longest < 0 || len(written[i]) > len(written[longest])) {
				longest = i
			}
		}
		if longest < 0 {
			break
		}
		leftOut = append(leftOut, units[longest].as)
		units, written = slices.Delete(units, longest, longest+1), slices.Delete(written, longest, longest+1)
	}
	return text, leftOut
}

// write writes each unit as a declaration.
func (s *Schema) write() (written []string) {
	for _, u := range s.units {
		text, err := format.Node(&ast.Field{Label: ast.NewIdent(u.as), Value: u.value})
		if err != nil { // of no tree that was read
			text = []byte(u.as + ": _")
		}
		written = append(written, squeeze(string(text)))
	}
	return written
}
