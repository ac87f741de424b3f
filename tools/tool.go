package tools

import (
	"encoding/json"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/perses"
)

// Tool is something that a model can do: how it is declared, and the function that does it.
type Tool struct {
	Name        string
	Title       string // for a person: in menus and when a host asks for consent
	Description string // for the model: what it does, and what to know before the first call
	Params      []Param
	Effect      Effect
	// Toolset is what an operator can leave out: the lower-case name of a kind, or of a capability.
	Toolset string
	// Run does it. What it returns is encoded as JSON, unless it is a json.RawMessage and so is JSON already, and must
	// fit into call.Limit bytes; of a Picture that goes for its text. An error is for the model to read.
	Run func(call *Call) (any, error)
}

// Call is one call of a tool: the client that is bound to it and its arguments, already checked.
type Call struct {
	*perses.Client
	Args
	Limit int // bytes of text that the answer may have at the most
	// Progress tells whoever waits how far the call is: so much of the whole is done, and what was done last. It may be
	// called from several goroutines.
	Progress func(done, total int, message string)
	// Confirm asks a person whether something may be done, in a sentence, and returns nil if they agree to it for the documents
	// that it is about. Its error goes to the caller as it is. It is nil where nobody is to be asked.
	Confirm func(question string, about []json.RawMessage) error
}

// Picture is an answer that shows something to a person, with the same in text for the model.
type Picture struct {
	PNG  []byte
	Text any // encoded as JSON
}

// Effect is what a tool does to Perses. It is the one source of the four hints that hosts read, and of what
// --read-only leaves out.
type Effect int

// The effects, from harmless to final.
const (
	Reads    Effect = iota
	Creates         // adds a document and touches no other
	Replaces        // may overwrite one
	Deletes
)

// Annotations returns the hints of MCP for the effect. No tool leaves Perses, so none is open-world.
func (e Effect) Annotations(title string) mcp.ToolAnnotation {
	hint := func(b bool) *bool { return &b }
	return mcp.ToolAnnotation{
		Title:           title,
		ReadOnlyHint:    hint(e == Reads),
		DestructiveHint: hint(e == Replaces || e == Deletes),
		IdempotentHint:  hint(e != Creates),
		OpenWorldHint:   hint(false),
	}
}

// MCP returns the declaration of the tool as hosts see it.
func (t Tool) MCP() mcp.Tool {
	tool := mcp.NewToolWithRawSchema(t.Name, t.Description, t.Schema())
	tool.Annotations = t.Effect.Annotations(t.Title)
	return tool
}

// Schema returns the JSON Schema of the arguments: plain enough for every host, and closed.
func (t Tool) Schema() json.RawMessage {
	properties := map[string]any{}
	var required []string
	for _, p := range t.Params {
		properties[p.Name] = p.schema()
		if p.Required {
			required = append(required, p.Name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties, "additionalProperties": false}
	if required != nil {
		schema["required"] = required
	}
	return perses.Marshal(schema)
}
