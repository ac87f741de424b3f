package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
)

// getAnswer is the answer of a get. The document, the sketch or the value is appended as a last member. If it is too large, the
// answer has an outline instead.
type getAnswer struct {
	URL     string  `json:"url,omitempty"`
	Version *uint64 `json:"version,omitempty"` // unless the document itself has it
	Path    string  `json:"path,omitempty"`
	Bytes   int     `json:"bytes,omitempty"`
	Outline any     `json:"outline,omitempty"`
	Hint    string  `json:"hint,omitempty"`
	// NotInSketch holds JSON Pointers to fields that a sketch cannot express.
	NotInSketch []string `json:"not_in_sketch,omitempty"`
}

var asSketch = Param{Name: "as_sketch", Type: Flag, Doc: "as perses_build_dashboard takes it"}

// getOf returns one document with masked secrets. All else is as Perses has it, so that it can be written back.
func (k Kind) getOf(call *Call, project, name string) (any, error) {
	r := k.ref(project, name)
	raw, err := call.Get(r)
	if err != nil {
		return nil, call.Explain("get", r, err)
	}
	raw = mask.Document(raw)
	answer := getAnswer{URL: call.Page(r)}
	if !call.Flag(asSketch.Name) {
		return show(call, r, raw, "document", answer)
	}
	version := versionOf(raw)
	answer.Version = &version
	s, rest, err := sketch.Of(call.Work, raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r, err)
	}
	answer.NotInSketch = firstPointers(rest)
	return show(call, r, perses.Marshal(s), "sketch", answer)
}

// firstPointers returns the first JSON Pointers, and the number of the others.
func firstPointers(pointers []string) []string {
	const maxPointers = 20
	var shown []string
	for _, p := range pointers[:min(len(pointers), maxPointers)] {
		shown = append(shown, clip(p))
	}
	if more := len(pointers) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return shown
}

// show completes an answer with the part of a document that the call asks for, or with its outline if the part is too large. key is
// the member of the answer that holds the document.
func show(call *Call, r perses.Ref, raw json.RawMessage, key string, answer getAnswer) (any, error) {
	part := raw
	version := answer.Version
	if version == nil {
		v := versionOf(raw)
		version = &v
	}
	if pointer := call.Text("path"); pointer != "" {
		value, err := valueAt(call.Work, raw, pointer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r, err)
		}
		answer.Version, answer.Path = version, pointer
		part, key = value, "value"
	}
	if len(part) <= call.Limit {
		if whole := appendMember(answer, key, part); len(whole) <= call.Limit {
			return whole, nil
		}
	}
	largest := largestOf(part)
	if largest == "" {
		return nil, fmt.Errorf("%s: %s is a single value of %d bytes, more than the limit of an answer (--result-limit)", r, clip(answer.Path), len(part))
	}
	answer.Version, answer.Bytes = version, len(part)
	answer.Hint = fmt.Sprintf("too large for one answer: the outline has the size of each key in bytes; get a part with path, e.g. %q", answer.Path+largest)
	answer.Outline = outlineOf(part, call.Limit-len(perses.Marshal(answer))-len(`"outline":,`))
	return answer, nil
}

// appendMember encodes an object and appends a member to it. The value is copied, because encoding it with the object would parse
// it once more. Documents of Perses are compact.
func appendMember(object any, key string, value json.RawMessage) json.RawMessage {
	text := bytes.TrimSuffix(perses.Marshal(object), []byte("}"))
	text = slices.Grow(text, len(value)+len(key)+len(`,"":}`))
	if len(text) > len("{") {
		text = append(text, ',')
	}
	text = append(append(append(text, '"'), key...), `":`...)
	return append(append(text, value...), '}')
}

// versionOf returns the version of a document of Perses.
func versionOf(document json.RawMessage) uint64 {
	return gjson.GetBytes(document, "metadata.version").Uint() // reads no further than the version
}
