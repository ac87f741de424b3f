// Package mask hides secrets in documents, messages and logs.
package mask

import (
	"bytes"
	"encoding/json"
	"strings"
)

// Secret replaces a secret. It is the text that Perses itself uses in the fields of secrets and users, so Find finds the secrets
// that Perses masked as well as those that Document masked.
const Secret = "<secret>"

// Document returns a document as a model or a person may see it. It masks values whose keys are named like secrets (Authorization,
// passwords, tokens, keys) and the user part of URLs. It also decodes the escapes of <, > and &. Everything else stays as it was,
// including the order of keys and the digits of numbers.
func Document(document json.RawMessage) json.RawMessage {
	document = unescapeHTML(document)
	var shown []byte
	done := 0
	m := newMasker(document)
	eachString(document, func(path []step, start, end int) {
		masked, changed := m.mask(path, document[start+1:end-1])
		if !changed {
			return
		}
		shown = append(shown, document[done:start]...)
		shown = append(shown, quote(masked)...)
		done = end
	})
	if shown == nil {
		return document
	}
	return append(shown, document[done:]...)
}

// Hides reports whether Document masks something in a document.
func Hides(document json.RawMessage) (hides bool) {
	document = unescapeHTML(document)
	m := newMasker(document)
	eachString(document, func(path []step, start, end int) {
		if !hides {
			_, hides = m.mask(path, document[start+1:end-1])
		}
	})
	return hides
}

// masker masks the strings of one document.
type masker struct {
	hasAt bool // the document contains an @, without which no URL has a user part
}

func newMasker(document []byte) masker { return masker{hasAt(document)} }

// mask takes the JSON form of a string, without its quotes. It returns the text to show instead, and whether that differs.
func (m masker) mask(path []step, encoded []byte) (masked string, changed bool) {
	if len(encoded) == 0 {
		return "", false
	}
	if len(path) > 0 && path[len(path)-1].secret {
		return Secret, string(encoded) != Secret
	}
	if !m.hasAt || !hasAt(encoded) {
		return "", false
	}
	text := unquote(encoded)
	masked = Text(text)
	return masked, masked != text
}

// hasAt reports whether JSON contains an @, plain, escaped or percent-encoded.
func hasAt(encoded []byte) bool {
	return bytes.IndexByte(encoded, '@') >= 0 || bytes.Contains(encoded, []byte(`\u0040`)) ||
		bytes.Contains(encoded, []byte("%40")) || bytes.Contains(encoded, []byte("2540"))
}

// Find returns the JSON Pointer of the first masked value of a document, or "" if there is none. Such a document must not be
// written: Perses would store the mask.
func Find(document json.RawMessage) (pointer string) {
	eachString(document, func(path []step, start, end int) {
		if pointer != "" {
			return
		}
		if text := unquote(document[start+1 : end-1]); text == Secret || hasMaskedUser(text) {
			var b strings.Builder
			for _, s := range path {
				b.WriteString("/" + PointerToken(s.token()))
			}
			pointer = b.String()
		}
	})
	return pointer
}

// PointerToken escapes a key for a JSON Pointer (RFC 6901, section 3).
func PointerToken(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// quote encodes a string as JSON.
func quote(text string) []byte {
	quoted, _ := json.Marshal(text)
	return unescapeHTML(quoted)
}

// unescapeHTML decodes \u003c, \u003e and \u0026, which Go's encoder writes for <, > and &.
func unescapeHTML(document []byte) []byte {
	if !bytes.Contains(document, []byte(`\u00`)) {
		return document
	}
	plain := make([]byte, 0, len(document))
	for {
		escape := bytes.IndexByte(document, '\\')
		if escape < 0 || escape+1 == len(document) {
			return append(plain, document...)
		}
		plain = append(plain, document[:escape]...)
		document = document[escape:]
		if c, ok := htmlEscape(document); ok {
			plain = append(plain, c)
			document = document[len(`\u0000`):]
			continue
		}
		// The backslash escapes the next character: \\u003c is an escaped backslash and plain text.
		plain = append(plain, document[:2]...)
		document = document[2:]
	}
}

// htmlEscape decodes the escape of <, > or & at the beginning of text.
func htmlEscape(text []byte) (c byte, ok bool) {
	if len(text) < len(`\u0000`) || text[1] != 'u' {
		return 0, false
	}
	switch string(text[:len(`\u0000`)]) {
	case `\u003c`:
		return '<', true
	case `\u003e`:
		return '>', true
	case `\u0026`:
		return '&', true
	}
	return 0, false
}
