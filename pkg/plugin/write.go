package plugin

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/format"
)

// Text writes the schema so that it fits: if need be without comments, then without the definitions that are the furthest
// away from the spec, whose names it returns. kind and spec are never left out, however long.
func (s *Schema) Text(fits func(text string) bool) (text string, leftOut []string) {
	if text = strings.Join(s.write(), "\n"); fits(text) {
		return text, nil
	}
	for _, u := range s.units {
		ast.Walk(u.value, func(n ast.Node) bool { ast.SetComments(n, nil); return true }, nil)
	}
	written := s.write()
	shown := len(written)
	for text = strings.Join(written, "\n"); !fits(text) && shown > 0 && isDefinition(s.units[shown-1].as); text = strings.Join(written[:shown], "\n") {
		shown--
	}
	for _, u := range s.units[shown:] {
		leftOut = append(leftOut, u.as)
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
