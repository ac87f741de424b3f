package tools

// Type is the type of an argument.
type Type int

// The types of arguments.
const (
	Text Type = iota
	Name      // of a document in Perses; checked before a tool runs, because it becomes part of a URL path
	Flag
	Count    // a whole number from 0
	Document // a document in Perses: a JSON object, or a string that holds one
	Object   // another JSON object, or a string that holds one
	Objects  // a list of JSON objects, or a string that holds one
)

var jsonTypes = map[Type]string{Text: "string", Name: "string", Flag: "boolean", Count: "integer", Document: "object", Object: "object", Objects: "array"}

// isJSON reports whether an argument is a JSON object or list.
func (t Type) isJSON() bool { return t == Document || t == Object || t == Objects }

// Param declares one argument of a tool.
type Param struct {
	Name     string
	Type     Type
	Required bool
	Enum     []string
	Doc      string // unless the name says it all
}

func (p Param) schema() map[string]any {
	schema := map[string]any{"type": jsonTypes[p.Type]}
	if p.Type == Objects { // some hosts refuse a list without a type for its items
		schema["items"] = map[string]any{"type": "object"}
	}
	if p.Enum != nil {
		schema["enum"] = p.Enum
	}
	if p.Doc != "" {
		schema["description"] = p.Doc
	}
	return schema
}

func required(p Param) Param {
	p.Required = true
	return p
}

// Parameters of many tools.
var (
	project = Param{Name: "project", Type: Name}
	prefix  = Param{Name: "prefix"} // of the names
	cursor  = Param{Name: "cursor", Doc: "`next` of the last answer"}
	path    = Param{Name: "path", Doc: "JSON Pointer to a part"}
	dryRun  = Param{Name: "dry_run", Type: Flag, Doc: "only check"}
	version = Param{Name: "expected_version", Type: Count, Doc: "refuse if the version differs"}
)
