// Package plugin says how the spec of a plugin is written: it finds the schema among the files of the plugin's module, puts it
// into few words, and has examples. It only computes; who calls it reads the files.
package plugin

import (
	"maps"
	"path"
	"slices"
	"strings"

	"cuelang.org/go/cue/ast"
	"cuelang.org/go/cue/ast/astutil"
	"cuelang.org/go/cue/token"
)

// Files reads files of a plugin's module by their paths, and returns the text of those that exist.
type Files func(paths []string) map[string]string

// Schema is the schema of a plugin in CUE, with all that it refers to.
type Schema struct {
	// File is where it lies in the module.
	File string
	// Missing are the definitions that are referred to and found nowhere.
	Missing []string

	units []*unit // kind and spec, then what is referred to, nearest first
}

// unit is a declaration that is part of a schema.
type unit struct {
	pkg   *pkg
	name  string
	value ast.Expr
	as    string // the name that it has in the schema
	uses  map[*ast.Ident]*unit
}

// pkg is a package of CUE: files in one folder, of which those are known that were needed.
type pkg struct {
	imported string // its path; "" for the plugin's own
	folders  []string
	read     map[string]bool
	files    []file
}

type finder struct {
	plugin Plugin
	files  Files
	pkgs   map[string]*pkg
	units  map[key]*unit // nil for what there is not
	schema *Schema
	// foreign are the references to other packages, of all files.
	foreign map[ast.Node]reference
	asked   int // how many files were asked for
	got     int // bytes of those that there were
}

type key struct {
	*pkg
	name string
}

// atOnce is how many files are asked for together: most that may exist do not.
const atOnce = 8

// The schemas of today have some twenty declarations, for which some sixty files are asked for that have 10 KB. What needs
// more than this stays incomplete.
const (
	maxUnits = 200
	maxFiles = 400
	maxBytes = 256 << 10
	// maxSteps is how many second names, or packages embedded in packages, may lead to a declaration.
	maxSteps = 5
)

// Find finds the schema of a plugin. It is nil if the module has it in none of the usual places.
func Find(p Plugin, files Files) *Schema {
	f := finder{plugin: p, files: files, pkgs: map[string]*pkg{}, units: map[key]*unit{}, schema: &Schema{}, foreign: map[ast.Node]reference{}}
	for candidates := range slices.Chunk(p.candidates(), atOnce) {
		found := files(candidates)
		for _, candidate := range candidates {
			text, ok := found[candidate]
			if !ok || !strings.Contains(text, `"`+p.Name+`"`) {
				continue
			}
			f.schema.File = candidate
			own := &pkg{folders: []string{path.Dir(candidate)}, read: map[string]bool{candidate: true}}
			f.add(own, text)
			f.follow(own)
			return f.schema
		}
	}
	return nil
}

// follow gathers kind and spec, and whatever these refer to.
func (f *finder) follow(own *pkg) {
	for _, name := range []string{"kind", "spec"} {
		f.use(own, name, 0)
	}
	for i := 0; i < len(f.schema.units) && i < maxUnits; i++ {
		f.link(f.schema.units[i])
	}
	f.name()
}

// use makes a declaration part of the schema, unless it is already, and returns it; nil if there is none. One that only
// gives another a second name is replaced by that other.
func (f *finder) use(p *pkg, name string, steps int) *unit {
	at := key{p, name}
	if u, known := f.units[at]; known {
		return u
	}
	if steps > maxSteps {
		return nil
	}
	values := f.lookUp(p, name)
	switch {
	case len(values) == 0:
		f.units[at] = f.embedded(p, name, steps)
		return f.units[at]
	case len(values) == 1 && isDefinition(name):
		if r, ok := f.referenceOf(values[0]); ok {
			if u := f.use(f.open(p, r.imported), r.name, steps+1); u != nil {
				f.units[at] = u
				return u
			}
		}
	}
	u := &unit{pkg: p, name: name, value: ast.NewBinExpr(token.AND, values...), uses: map[*ast.Ident]*unit{}}
	f.units[at] = u
	f.schema.units = append(f.schema.units, u)
	return u
}

// embedded looks for a name in the packages that a package takes for a part of its own.
func (f *finder) embedded(p *pkg, name string, steps int) *unit {
	for _, in := range p.files {
		for _, imported := range in.embedded {
			if u := f.use(f.open(p, imported), name, steps+1); u != nil {
				return u
			}
		}
	}
	return nil
}

// lookUp returns the values that a package gives to a name, which hold together, and reads the files that may have them.
func (f *finder) lookUp(p *pkg, name string) (values []ast.Expr) {
	for {
		for _, in := range p.files {
			values = append(values, in.declared[name]...)
		}
		if values != nil || !f.readMore(p, name) {
			break
		}
	}
	if len(values) > 1 {
		values = slices.DeleteFunc(values, isOpen)
	}
	return values
}

// readMore reads the next files of a package that may declare a name, and tells whether there were any.
func (f *finder) readMore(p *pkg, name string) bool {
	if f.asked > maxFiles || f.got > maxBytes {
		return false
	}
	var candidates []string
	for _, folder := range p.folders {
		for _, file := range f.plugin.filesOf(folder, name) {
			if !p.read[file] && len(candidates) < atOnce {
				candidates = append(candidates, file)
			}
		}
	}
	if candidates == nil {
		return false
	}
	f.asked += len(candidates)
	texts := f.files(candidates)
	for _, candidate := range candidates {
		p.read[candidate] = true
		if text, ok := texts[candidate]; ok {
			f.add(p, text)
		}
	}
	return true
}

// add makes a file part of a package.
func (f *finder) add(p *pkg, text string) {
	read := parse(text)
	p.files = append(p.files, read)
	maps.Copy(f.foreign, read.foreign)
	f.got += len(text)
}

// referenceOf returns what a piece of CUE refers to, if it is nothing but a reference: to a definition, or to any
// declaration of another package.
func (f *finder) referenceOf(n ast.Node) (reference, bool) {
	if ident, ok := n.(*ast.Ident); ok {
		return reference{"", ident.Name}, isDefinition(ident.Name)
	}
	r, ok := f.foreign[n]
	return r, ok
}

// open returns the package of an import path; of none, the one that the import would stand in.
func (f *finder) open(from *pkg, imported string) *pkg {
	if imported == "" {
		return from
	}
	p, known := f.pkgs[imported]
	if !known {
		p = &pkg{imported: imported, folders: f.plugin.folders(imported), read: map[string]bool{}}
		f.pkgs[imported] = p
	}
	return p
}

// link finds what a unit refers to, and puts in the place of each reference a name that is the unit's own.
func (f *finder) link(u *unit) {
	clean(u.value)
	inside := map[string]bool{} // declared by the value itself
	ast.Walk(u.value, func(n ast.Node) bool {
		if d, ok := n.(*ast.Field); ok {
			name, _, _ := ast.LabelName(d.Label)
			inside[name] = true
		}
		return true
	}, nil)
	whole := &ast.ParenExpr{X: u.value} // what is replaced has something around it
	astutil.Apply(whole, func(c astutil.Cursor) bool {
		if value := f.literal(u.pkg, c.Node()); value != nil {
			c.Replace(value)
			return false
		}
		r, ok := f.referenceOf(c.Node())
		if !ok || r.imported == "" && inside[r.name] {
			return true
		}
		name := ast.NewIdent(r.name)
		if target := f.use(f.open(u.pkg, r.imported), r.name, 0); target != nil {
			u.uses[name] = target
		} else if !slices.Contains(f.schema.Missing, r.name) {
			f.schema.Missing = append(f.schema.Missing, r.name)
		}
		c.Replace(name)
		return false
	}, nil)
	u.value = whole.X
}

// literal returns what a field of a definition is, if it is a choice of literals: that says more than a reference to a
// definition which is there for that field alone, as #dateFormat.unit.
func (f *finder) literal(p *pkg, n ast.Node) ast.Expr {
	selector, ok := n.(*ast.SelectorExpr)
	if !ok || !isDefinition(nameOf(selector.X)) {
		return nil
	}
	values := f.lookUp(p, nameOf(selector.X))
	if len(values) != 1 {
		return nil
	}
	of, _ := values[0].(*ast.StructLit)
	field, _, _ := ast.LabelName(selector.Sel)
	return literalIn(of, field)
}

// name gives the units the names that they have in the schema: their own, or if another has that already, or it is that of
// a field, one with the package before it.
func (f *finder) name() {
	taken := map[string]bool{}
	for _, u := range f.schema.units {
		u.as = u.name
		if u.pkg.imported != "" && !isDefinition(u.name) || taken[u.as] {
			u.as = "#" + strings.Join(strings.FieldsFunc(path.Base(u.pkg.imported)+"_"+u.name, func(r rune) bool { return r == '#' || r == '.' || r == '-' }), "")
		}
		for taken[u.as] {
			u.as += "_"
		}
		taken[u.as] = true
	}
	for _, u := range f.schema.units {
		for name, target := range u.uses {
			name.Name = target.as
		}
	}
}
