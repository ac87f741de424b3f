package plugin

import (
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/parser"
	"cuelang.org/go/cue/token"
)

// file is what a file of CUE declares.
type file struct {
	declared map[string][]ast.Expr // values by their names
	embedded []string              // the paths of packages whose declarations are its own as well
	foreign  map[ast.Node]reference
}

// reference names a declaration, of another package if it has a path.
type reference struct{ imported, name string }

// parse reads a file of CUE. Of what is none, it returns a file that declares nothing.
func parse(text string) file {
	f := file{declared: map[string][]ast.Expr{}, foreign: map[ast.Node]reference{}}
	if nesting(text) > maxNesting {
		return f
	}
	parsed, err := parser.ParseFile("", text, parser.ParseComments)
	if err != nil {
		return f
	}
	imports := map[string]string{} // paths by the names under which the file knows them
	for spec := range parsed.ImportSpecs() {
		if info, err := astutil.ParseImportSpec(spec); err == nil {
			if imported := ast.ParseImportPath(info.ID).Path; isForeign(imported) {
				imports[info.Ident] = imported
			}
		}
	}
	for _, d := range parsed.Decls {
		switch d := d.(type) {
		case *ast.Field:
			if name, _, err := ast.LabelName(d.Label); err == nil {
				ast.SetComments(d.Value, append(ast.Comments(d.Value), behind(d)...))
				f.declared[name] = append(f.declared[name], d.Value)
			}
		case *ast.EmbedDecl:
			if imported, ok := imports[nameOf(d.Expr)]; ok {
				f.embedded = append(f.embedded, imported)
			}
		}
	}
	ast.Walk(parsed, func(n ast.Node) bool {
		if s, ok := n.(*ast.SelectorExpr); ok {
			if imported, ok := imports[nameOf(s.X)]; ok {
				name, _, _ := ast.LabelName(s.Sel)
				f.foreign[n] = reference{imported, name}
			}
		}
		return true
	}, nil)
	return f
}

// maxNesting is how deep what is in brackets may nest in a file: far deeper than in any schema. CUE formats what nests with an
// indentation for each level, which of a file that does little else takes the square of its size.
const maxNesting = 200

// nesting returns how deep brackets nest in a text, those in its strings as well.
func nesting(text string) (deepest int) {
	depth := 0
	for i := range len(text) {
		switch text[i] {
		case '(', '[', '{':
			depth++
			deepest = max(deepest, depth)
		case ')', ']', '}':
			depth--
		}
	}
	return deepest
}

// isForeign tells the packages of modules from those that CUE brings along, whose paths have no dot in their first part.
func isForeign(imported string) bool {
	host, _, _ := strings.Cut(imported, "/")
	return strings.Contains(host, ".")
}

// behind returns the comments of a field that follow it on its line.
func behind(d *ast.Field) (comments []*ast.CommentGroup) {
	for _, c := range ast.Comments(d) {
		if c.Line {
			comments = append(comments, c)
		}
	}
	return comments
}

// isDefinition tells the names of definitions from those of fields.
func isDefinition(name string) bool { return strings.HasPrefix(name, "#") }

// nameOf returns what an expression names if it is nothing but a name.
func nameOf(e ast.Expr) string {
	if ident, ok := e.(*ast.Ident); ok {
		return ident.Name
	}
	return ""
}

// isOpen tells a value that leaves everything open, as what is generated of Go has it for what Go does not say.
func isOpen(e ast.Expr) bool { return nameOf(e) == "_" }

// literalIn returns the value of a field in a struct, if that is a literal, or a choice of several.
func literalIn(of *ast.StructLit, name string) ast.Expr {
	if of == nil {
		return nil
	}
	for _, d := range of.Elts {
		field, ok := d.(*ast.Field)
		if !ok {
			continue
		}
		if label, _, err := ast.LabelName(field.Label); err == nil && label == name && isChoice(field.Value) {
			return field.Value
		}
	}
	return nil
}

func isChoice(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.BinaryExpr:
		return e.Op == token.OR && isChoice(e.X) && isChoice(e.Y)
	}
	return false
}

// clean takes from a value what is of no use to who writes a spec: attributes, which speak to generators alone, and notes of
// those who write the schema to themselves.
func clean(value ast.Expr) {
	ast.Walk(value, func(n ast.Node) bool {
		if d, ok := n.(*ast.Field); ok {
			d.Attrs = nil
		}
		var useful []*ast.CommentGroup
		for _, c := range ast.Comments(n) {
			if text := strings.TrimSpace(c.Text()); text != "" && !isNote(text) {
				useful = append(useful, c)
			}
		}
		ast.SetComments(n, useful)
		return true
	}, nil)
}

func isNote(comment string) bool {
	for _, begin := range []string{"TODO", "FIXME", "NB"} {
		if strings.HasPrefix(comment, begin) {
			return true
		}
	}
	return false
}

// squeeze writes formatted CUE with as little space as it can be read with: a space where several align columns, and one
// for each level of indentation.
func squeeze(formatted string) string {
	var b strings.Builder
	for line := range strings.Lines(formatted) {
		text := strings.TrimLeft(line, "\t ")
		if text == "\n" {
			continue
		}
		b.WriteString(strings.Repeat(" ", len(line)-len(text)))
		quoted, spaced := false, false
		for i := 0; i < len(text); i++ {
			c := text[i]
			switch {
			case c == '"':
				quoted = !quoted
			case c == '\\' && quoted && i+1 < len(text):
				b.WriteByte(c)
				i++
				c = text[i]
			}
			space := c == ' ' && !quoted
			if !space || !spaced {
				b.WriteByte(c)
			}
			spaced = space
		}
	}
	return strings.TrimSuffix(b.String(), "\n")
}
