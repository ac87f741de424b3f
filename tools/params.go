package tools

// Type is what an argument must be. Those that are names of Perses documents are checked as such before
// any tool sees them.
type Type int

// The types of arguments.
const (
	Text Type = iota
	Name      // of a Perses document: becomes part of a request's path
	Flag
	Count    // a whole number from 0
	Document // of Perses: a JSON object; as a string of JSON it is taken too
	Object   // a JSON object of another form, taken likewise
	Objects  // a JSON list of such objects, taken likewise
)

var jsonTypes = map[Type]string{Text: "string", Name: "string", Flag: "boolean", Count: "integer", Document: "object", Object: "object", Objects: "array"}

// isJSON tells the types of arguments that are JSON themselves.
func (t Type) isJSON() bool { return t == Document || t == Object || t == Objects }

// Param declares one argument of a tool.
type Param struct {
	Name     string
	Type     Type
	Required bool
	Enum     []string
	Doc      string // only where the name does not say it
}

func (p Param) schema() map[string]any {
	schema := map[string]any{"type": jsonTypes[p.Type]}
	if p.Type == Objects { // without saying of what, some hosts refuse a list
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

// The parameters that many tools share.
var (
	project = Param{Name: "project", Type: Name}
	prefix  = Param{Name: "prefix"} // of the names
	cursor  = Param{Name: "cursor", Doc: "`next` of the last answer"}
	path    = Param{Name: "path", Doc: "JSON Pointer to a part"}
	dryRun  = Param{Name: "dry_run", Type: Flag, Doc: "only check"}
	version = Param{Name: "expected_version", Type: Count, Doc: "refuse if the document has another"}
)
