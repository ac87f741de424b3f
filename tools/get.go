package tools

import (
	"encoding/json"
	"fmt"

	"github.com/perses/mcp-server/pkg/perses"
)

// document is the answer of a get: the document, a part of it, or an outline of either when it is too large.
type document struct {
	URL      string          `json:"url,omitempty"`
	Version  *uint64         `json:"version,omitempty"` // where the document itself does not say it
	Document json.RawMessage `json:"document,omitempty"`
	Path     string          `json:"path,omitempty"`
	Value    json.RawMessage `json:"value,omitempty"`
	Bytes    int             `json:"bytes,omitempty"`
	Outline  any             `json:"outline,omitempty"`
	Hint     string          `json:"hint,omitempty"`
}

// getOf answers with one document as Perses has it, so that it can be written back, with its secrets masked.
func (k Kind) getOf(call *Call, project, name string) (any, error) {
	r := k.ref(project, name)
	raw, err := call.Get(r)
	if err != nil {
		return nil, call.Explain("get", r, err)
	}
	return show(call, r, perses.Show(raw))
}

// show answers with the part of a document that the call asks for, in the form that fits.
func show(call *Call, r perses.Ref, raw json.RawMessage) (any, error) {
	version := versionOf(raw)
	answer := document{URL: call.Page(r), Document: raw}
	part := raw
	if pointer := call.Text("path"); pointer != "" {
		value, err := at(raw, pointer)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", r, err)
		}
		answer = document{URL: answer.URL, Version: &version, Path: pointer, Value: value}
		part = value
	}
	// Encoding costs as much as the document is long, so it is not done for one that cannot fit.
	if len(part) <= call.Limit && len(perses.Marshal(answer)) <= call.Limit {
		return answer, nil
	}
	largest := largestOf(part)
	if largest == "" {
		return nil, fmt.Errorf("%s: %s is one value of %d bytes, more than an answer may have (--result-limit)", r, clip(answer.Path), len(part))
	}
	outlined := document{
		URL: answer.URL, Version: &version, Path: answer.Path, Bytes: len(part),
		Hint: fmt.Sprintf("too large to send whole: the outline has the bytes beneath each key; read a part with path, e.g. %q", answer.Path+largest),
	}
	outlined.Outline = outlineOf(part, call.Limit-len(perses.Marshal(outlined))-len(`"outline":,`))
	return outlined, nil
}

// versionOf returns the version of a document of Perses.
func versionOf(document json.RawMessage) uint64 {
	var d struct {
		Metadata struct{ Version uint64 }
	}
	_ = json.Unmarshal(document, &d)
	return d.Metadata.Version
}
