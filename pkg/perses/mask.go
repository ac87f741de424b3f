package perses

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"unicode/utf8"
)

// Mask stands where a secret is not shown. It is Perses' own, so that one check finds both: what Perses
// masked (the fields of secrets and users) and what Show did.
const Mask = "<secret>"

// Show returns a document as a model or a person may see it: the values under keys that are named like
// secrets (Authorization and its like, passwords, tokens, keys) and the user part of URLs are masked, and
// characters that Perses escapes for the sake of HTML are themselves again. All else, the order of the keys
// and the digits of numbers among it, stays as it was.
func Show(document json.RawMessage) json.RawMessage {
	document = unescapeHTML(document)
	var shown []byte
	done := 0
	m := masker{users: hasAt(document)}
	eachString(document, func(path []step, start, end int) {
		masked, changed := m.mask(path, document[start+1:end-1])
		if !changed {
			return
		}
		shown = append(shown, document[done:start]...)
		shown = append(shown, Marshal(masked)...)
		done = end
	})
	if shown == nil {
		return document
	}
	return append(shown, document[done:]...)
}

// Hides tells whether Show masks something of a document.
func Hides(document json.RawMessage) (hides bool) {
	document = unescapeHTML(document)
	m := masker{users: hasAt(document)}
	eachString(document, func(path []step, start, end int) {
		if !hides {
			_, hides = m.mask(path, document[start+1:end-1])
		}
	})
	return hides
}

// masker masks the strings of one document.
type masker struct {
	// users says that somewhere there is an @, without which no URL has a user part.
	users bool
}

// mask returns what to show in the place of a string, as it is written, if that must not be shown.
func (m masker) mask(path []step, written []byte) (masked string, changed bool) {
	if len(written) == 0 {
		return "", false
	}
	if len(path) > 0 && path[len(path)-1].secret {
		return Mask, string(written) != Mask
	}
	if !m.users || !hasAt(written) {
		return "", false
	}
	text := unquote(written)
	masked = MaskText(text)
	return masked, masked != text
}

// hasAt tells whether there is an @ in JSON, however it is written.
func hasAt(written []byte) bool {
	return bytes.IndexByte(written, '@') >= 0 || bytes.Contains(written, []byte(`\u0040`)) ||
		bytes.Contains(written, []byte("%40")) || bytes.Contains(written, []byte("2540"))
}

// FindMask returns the JSON Pointer of the first value of a document in which the mask stands in the place
// of a secret, "" if there is none. Such a document must not be written: it would store the mask.
func FindMask(document json.RawMessage) (pointer string) {
	eachString(document, func(path []step, start, end int) {
		if pointer != "" {
			return
		}
		if text := unquote(document[start+1 : end-1]); text == Mask || hasMaskedUser(text) {
			var b strings.Builder
			for _, s := range path {
				b.WriteString("/" + PointerToken(s.token()))
			}
			pointer = b.String()
		}
	})
	return pointer
}

// PointerToken returns a key as a JSON Pointer has it (RFC 6901, section 3).
func PointerToken(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// isHeaders tells the maps whose keys people choose: the headers of a proxy, the parameters of a token's URL.
func isHeaders(s step) bool { return string(s.key) == "headers" || string(s.key) == "endpointParams" }

// secretHeader tells whether a header of this name is likely to hold a secret. It would rather be wrong in
// saying yes: what is masked without need costs less than what is shown.
func secretHeader(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "cookie", "token", "key", "secret", "password", "jwt", "session", "credential"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// secretParts tell by a part of its name that a key holds a secret; the names are compared in lower case
// and without what separates their words.
var secretParts = []string{"authorization", "password", "passwd", "passphrase", "credential", "apikey", "accesskey", "secretkey", "privatekey", "clientsecret"}

// secretName tells whether a value under this name is a secret. A datasource's "secret" is none: it is the
// name of a Secret; nor is a file's path or the URL that tokens come from.
func secretName(name []byte) bool {
	var short [64]byte // spares most names an allocation
	letters := short[:0]
	for i, c := range name {
		switch {
		case c >= utf8.RuneSelf: // an upper case letter of another script may have a lower case one of ASCII
			letters = append(letters, bytes.ToLower(name[i:])...)
			letters = slices.DeleteFunc(letters, isJoint)
			return secretLetters(letters)
		case 'A' <= c && c <= 'Z':
			letters = append(letters, c+'a'-'A')
		case !isJoint(c):
			letters = append(letters, c)
		}
	}
	return secretLetters(letters)
}

// isJoint tells whether a character separates the words of a name.
func isJoint(c byte) bool { return c == '-' || c == '_' || c == ' ' || c == '.' }

// secretLetters is secretName for the letters of a name, in lower case.
func secretLetters(letters []byte) bool {
	if bytes.HasSuffix(letters, []byte("file")) || bytes.HasSuffix(letters, []byte("url")) {
		return false
	}
	for _, part := range secretParts {
		if len(letters) >= len(part) && bytes.Contains(letters, []byte(part)) {
			return true
		}
	}
	return bytes.HasSuffix(letters, []byte("token")) || bytes.HasSuffix(letters, []byte("cookie"))
}

// Marshal encodes a value as compact JSON and leaves <, > and & as they are: what reads the text is a model,
// which pays for each character, and no browser.
func Marshal(value any) []byte {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		// Only types that JSON has no form for end here, and none of ours is one.
		panic(err)
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n"))
}

// unescapeHTML replaces \u003c, \u003e and \u0026, as which Go's encoder writes <, > and &.
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
		// The character after a backslash belongs to it: in \\u003c nothing is escaped but the backslash.
		plain = append(plain, document[:2]...)
		document = document[2:]
	}
}

// htmlEscape returns what the escape at the begin of a text stands for, if that is one for the sake of HTML.
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
