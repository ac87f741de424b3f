package sketch

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"unicode/utf8"
)

// encode returns a tree as JSON and does not escape <, > and &. It takes a fifth of the time of encoding/json, which uses
// reflection for every value.
func encode(v any) json.RawMessage { return appendJSON(nil, v, math.MaxInt) }

// encodeWithin is like encode, but reports ok as false if the JSON is longer than max bytes. The same string can occur many
// times in a tree, so the JSON can be much larger than the tree.
func encodeWithin(v any, max int) (written json.RawMessage, ok bool) {
	written = appendJSON(nil, v, max)
	return written, len(written) <= max
}

// appendJSON stops after the value that exceeds max bytes.
func appendJSON(b []byte, v any, max int) []byte {
	if len(b) > max {
		return b
	}
	switch v := v.(type) {
	case object:
		b = append(b, '{')
		for i, key := range sortedKeys(v, nil) {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendText(b, key), ':')
			b = appendJSON(b, v[key], max)
		}
		return append(b, '}')
	case []any:
		b = append(b, '[')
		for i, element := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, element, max)
		}
		return append(b, ']')
	case string:
		return appendText(b, v)
	case json.Number:
		return append(b, v...)
	case bool:
		return strconv.AppendBool(b, v)
	}
	return append(b, "null"...)
}

// appendText appends a string. Most strings contain only quotes and backslashes to escape.
func appendText(b []byte, s string) []byte {
	start := len(b)
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c < ' ' || c >= utf8.RuneSelf:
			return append(b[:start], escapeText(s)...)
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}

func escapeText(s string) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	_ = encoder.Encode(s) // a string cannot fail
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}
