package lint

import (
	"bytes"
	"encoding/json"
	"strconv"
	"strings"
)

// object is a JSON object in an edit.
type object = map[string]any

// edit is an edit for perses_edit_dashboard: an operation with the fields that it takes, or one of RFC 6902.
type edit struct {
	Op       string `json:"op"`
	Panel    string `json:"panel,omitempty"`
	Variable string `json:"variable,omitempty"`
	Index    *int   `json:"index,omitempty"`
	Key      string `json:"key,omitempty"`
	From     string `json:"from,omitempty"`
	To       string `json:"to,omitempty"`
	Path     string `json:"path,omitempty"`
	Value    any    `json:"value,omitempty"`
	Set      object `json:"set,omitempty"`
	Duration string `json:"duration,omitempty"`
	Refresh  string `json:"refresh,omitempty"`
}

// encode returns an edit as JSON, without escaping < and &.
func encode(e edit) json.RawMessage {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(e) != nil {
		return nil
	}
	return bytes.TrimSpace(b.Bytes())
}

// pointer returns the JSON Pointer for a path of strings and ints.
func pointer(keys ...any) string {
	var b strings.Builder
	for _, key := range keys {
		b.WriteString("/")
		switch k := key.(type) {
		case int:
			b.WriteString(strconv.Itoa(k))
		case string:
			b.WriteString(strings.ReplaceAll(strings.ReplaceAll(k, "~", "~0"), "/", "~1"))
		}
	}
	return b.String()
}

func replace(path string, value any) json.RawMessage {
	return encode(edit{Op: "replace", Path: path, Value: value})
}

func remove(path string) json.RawMessage { return encode(edit{Op: "remove", Path: path}) }

func move(from, path string) json.RawMessage {
	return encode(edit{Op: "move", From: from, Path: path})
}

func setVariable(name string, field string, value any) json.RawMessage {
	return encode(edit{Op: "change_variable", Variable: name, Set: object{field: value}})
}

func setPanel(key, field string, value any) json.RawMessage {
	return encode(edit{Op: "change_panel", Panel: key, Set: object{field: value}})
}

// setQuery returns the edit that changes the query with an index, from 0, of a panel.
func setQuery(key string, index int, query string) json.RawMessage {
	return encode(edit{Op: "change_query", Panel: key, Index: &index, Set: object{"query": query}})
}
