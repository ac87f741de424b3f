package tools

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard/sketch"
	"github.com/perses/mcp-server/pkg/perses"
)

// document is what the answer of a get says beside the document or the part of it that was asked for, and of either
// an outline in its place when it is too large.
type document struct {
	URL     string  `json:"url,omitempty"`
	Version *uint64 `json:"version,omitempty"` // where the document itself does not say it
	Path    string  `json:"path,omitempty"`
	Bytes   int     `json:"bytes,omitempty"`
	Outline any     `json:"outline,omitempty"`
	Hint    string  `json:"hint,omitempty"`
	// NotInSketch are JSON Pointers to what a sketch cannot say of its document.
	NotInSketch []string `json:"not_in_sketch,omitempty"`
}

// asSketch is of the tool that gets dashboards.
var asSketch = Param{Name: "as_sketch", Type: Flag, Doc: "in the short form of perses_build_dashboard"}

// getOf answers with one document as Perses has it, so that it can be written back, with its secrets masked.
func (k Kind) getOf(call *Call, project, name string) (any, error) {
	r := k.ref(project, name)
	raw, err := call.Get(r)
	if err != nil {
		return nil, call.Explain("get", r, err)
	}
	raw = perses.Show(raw)
	answer := document{URL: call.Page(r)}
	if !call.Flag(asSketch.Name) {
		return show(call, r, raw, "document", answer)
	}
	version := versionOf(raw)
	answer.Version = &version
	s, rest, err := sketch.Of(call.Work, raw)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r, err)
	}
	answer.NotInSketch = few(rest)
	return show(call, r, perses.Marshal(s), "sketch", answer)
}

// few returns the first of the JSON Pointers, and how many more there are.
func few(pointers []string) []string {
	const most = 20
	var shown []string
	for _, p := range pointers[:min(len(pointers), most)] {
		shown = append(shown, clip(p))
	}
	if more := len(pointers) - len(shown); more > 0 {
		shown = append(shown, fmt.Sprintf("and %d more", more))
	}
	return shown
}

// show answers with the part of a document that the call asks for, in the form that fits. key is what the document is called
// in the answer, of which all else is given.
func show(call *Call, r perses.Ref, raw json.RawMessage, key string, answer document) (any, error) {
	part := raw
	version := answer.Version
	if version == nil {
		of := versionOf(raw)
		version = &of
	}
	if pointer := call.Text("path"); pointer != "" {
		value, err := at(call.Work, raw, pointer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r, err)
		}
		answer.Version, answer.Path = version, pointer
		part, key = value, "value"
	}
	if len(part) <= call.Limit {
		if whole := with(answer, key, part); len(whole) <= call.Limit {
			return whole, nil
		}
	}
	largest := largestOf(part)
	if largest == "" {
		return nil, fmt.Errorf("%s: %s is one value of %d bytes, more than an answer may have (--result-limit)", r, clip(answer.Path), len(part))
	}
	answer.Version, answer.Bytes = version, len(part)
	answer.Hint = fmt.Sprintf("too large to send whole: the outline has the bytes beneath each key; read a part with path, e.g. %q", answer.Path+largest)
	answer.Outline = outlineOf(part, call.Limit-len(perses.Marshal(answer))-len(`"outline":,`))
	return answer, nil
}

// with encodes an object and adds a last member to it. The value is taken as it is: to encode it with the object would
// be to read all of it once more, and what comes from Perses is compact.
func with(object any, key string, value json.RawMessage) json.RawMessage {
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
	return gjson.GetBytes(document, "metadata.version").Uint() // which reads no further than to there
}
