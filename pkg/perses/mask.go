package perses

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/tidwall/gjson"
)

// Mask stands where a secret is not shown. It is Perses' own, so that one check finds both: what Perses
// masked (the fields of secrets and users) and what Show did.
const Mask = "<secret>"

// userPart is the user and password of a URL, wherever in a text the URL stands. A password may hold an @: what
// follows the last one is the host.
var userPart = regexp.MustCompile(`(://)[^/?#\s"]+@`)

// MaskText masks the user part of the URLs in a text.
func MaskText(text string) string {
	if !strings.Contains(text, "://") {
		return text
	}
	return userPart.ReplaceAllString(text, "${1}"+Mask+"@")
}

// Show returns a document as a model or a person may see it: the values under keys that are named like
// secrets (Authorization and its like, passwords, tokens, keys) and the user part of URLs are masked, and
// characters that Perses escapes for the sake of HTML are themselves again. All else, the order of the keys
// and the digits of numbers among it, stays as it was.
func Show(document json.RawMessage) json.RawMessage {
	document = unescapeHTML(document)
	var shown []byte
	done := 0
	eachString(gjson.ParseBytes(document), nil, "", func(path []string, key string, value gjson.Result) {
		masked := MaskText(value.Str)
		if value.Str != "" && (secretName(key) || secretHeader(key) && slices.ContainsFunc(path, isHeaders)) {
			masked = Mask
		}
		if masked == value.Str {
			return
		}
		shown = append(shown, document[done:value.Index]...)
		shown = append(shown, Marshal(masked)...)
		done = value.Index + len(value.Raw)
	})
	if shown == nil {
		return document
	}
	return append(shown, document[done:]...)
}

// FindMask returns the JSON Pointer of the first value of a document in which the mask stands in the place
// of a secret, "" if there is none. Such a document must not be written: it would store the mask.
func FindMask(document json.RawMessage) (pointer string) {
	eachString(gjson.ParseBytes(document), nil, "", func(path []string, _ string, value gjson.Result) {
		if pointer == "" && (value.Str == Mask || strings.Contains(value.Str, "://"+Mask+"@")) {
			for _, token := range path {
				pointer += "/" + PointerToken(token)
			}
		}
	})
	return pointer
}

// eachString calls visit for every string below value, with the keys and indices that lead there and the
// key that it, or the list it is in, stands under.
func eachString(value gjson.Result, path []string, key string, visit func(path []string, key string, value gjson.Result)) {
	switch value.Type {
	case gjson.JSON:
		isObject := value.IsObject()
		value.ForEach(func(k, v gjson.Result) bool {
			if isObject {
				eachString(v, append(path, k.Str), k.Str, visit)
			} else {
				eachString(v, append(path, strconv.Itoa(int(k.Num))), key, visit)
			}
			return true
		})
	case gjson.String:
		visit(path, key, value)
	}
}

// PointerToken returns a key as a JSON Pointer has it (RFC 6901, section 3).
func PointerToken(key string) string {
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}

// isHeaders tells the maps whose keys people choose: the headers of a proxy, the parameters of a token's URL.
func isHeaders(key string) bool { return key == "headers" || key == "endpointParams" }

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
func secretName(name string) bool {
	name = strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, strings.ToLower(name))
	if strings.HasSuffix(name, "file") || strings.HasSuffix(name, "url") {
		return false
	}
	for _, part := range secretParts {
		if strings.Contains(name, part) {
			return true
		}
	}
	return strings.HasSuffix(name, "token") || strings.HasSuffix(name, "cookie")
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
	for i := 0; i < len(document); i++ {
		if document[i] != '\\' || i+1 >= len(document) {
			plain = append(plain, document[i])
			continue
		}
		if c, ok := htmlEscapes[string(document[i:min(i+6, len(document))])]; ok {
			plain = append(plain, c)
			i += 5
			continue
		}
		// The character after a backslash belongs to it: in \\u003c nothing is escaped but the backslash.
		plain = append(plain, document[i], document[i+1])
		i++
	}
	return plain
}

var htmlEscapes = map[string]byte{`\u003c`: '<', `\u003e`: '>', `\u0026`: '&'}
