package tools

import (
	"encoding/json"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/perses"
)

// Tool is the declaration of an MCP tool and the function that runs it.
type Tool struct {
	Name        string
	Title       string // for people: in menus and when a host asks for consent
	Description string // for the model
	Params      []Param
	Effect      Effect
	// Toolset is the group of tools that an operator enables or disables: a kind in lower case, or a capability.
	Toolset string
	// Run runs the tool. Its result is encoded as JSON, which must fit into call.Limit bytes. If it is a Picture, its text must
	// fit. Errors are for the model to read.
	Run func(call *Call) (any, error)
}

// Call is a call of a tool: its client of Perses and its checked arguments.
type Call struct {
	*perses.Client
	Args
	Limit int // the maximum size of the answer in bytes
	// Progress reports the progress of the call to the host. message names the last completed step. It is safe for concurrent use.
	Progress func(done, total int, message string)
	// Confirm asks a person a question of one sentence and returns nil if they agree. Their answer is valid for the documents in
	// about only. The error is returned to the caller unchanged. Confirm is nil if the server does not ask.
	Confirm func(question string, about []json.RawMessage) error
}

// Picture is an answer with an image, and the same information as text for the model.
type Picture struct {
	PNG  []byte
	Text any // encoded as JSON
}

// Effect is the effect of a tool on the documents in Perses. The four hints for hosts and --read-only follow from it.
type Effect int

// The effects of tools.
const (
	Reads    Effect = iota
	Creates         // adds a document and changes no other
	Replaces        // may overwrite a document
	Deletes
)

// Annotations returns the MCP hints for the effect. All tools work on Perses alone, so none is open-world.
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

// MCP returns the declaration of the tool for hosts.
func (t Tool) MCP() mcp.Tool {
	tool := mcp.NewToolWithRawSchema(t.Name, t.Description, t.Schema())
	tool.Annotations = t.Effect.Annotations(t.Title)
	return tool
}

// Schema returns the JSON Schema of the arguments. It refuses unknown arguments and is simple enough for all hosts.
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
