package mask

import (
	"encoding/json"
	"strings"
	"unicode/utf8"
)

const (
	// minHidden is the minimum number of bytes of a secret that Response masks. Shorter texts are part of many words.
	minHidden = 4
	// maxHidden is the maximum number of pieces of secrets that Response looks for. Documents that people write have far fewer,
	// and this number can be found in one pass.
	maxHidden = 1000
	// maxPiece is the maximum length of a piece. It keeps the pass linear in the length of the text.
	maxPiece = 64
)

// tooManyHidden replaces a message about a document with more secrets than Response looks for.
const tooManyHidden = "the error is not repeated: the document has so many secrets that it may contain some of them"

// Response returns Perses' message about a document that was sent to it, without the values that Document masks. Perses repeats
// values that it does not accept, and not always with the key that marks them as secrets.
func Response(message string, sent json.RawMessage) string {
	replaced := map[string]bool{}
	for _, text := range hiddenOf(sent) {
		for _, form := range []string{text, strings.Trim(string(quote(text)), `"`)} {
			for len(form) >= minHidden {
				end := min(len(form), maxPiece)
				for end < len(form) && !utf8.RuneStart(form[end]) {
					end--
				}
				if replaced[form[:end]] = true; len(replaced) > maxHidden {
					return tooManyHidden
				}
				form = form[end:]
			}
		}
	}
	if len(replaced) == 0 {
		return message
	}
	var pairs []string
	for piece := range replaced {
		pairs = append(pairs, piece, Secret)
	}
	return strings.NewReplacer(pairs...).Replace(message)
}

// hiddenOf returns the values, and the parts of values, that Document masks.
func hiddenOf(document []byte) (hidden []string) {
	m := newMasker(document)
	eachString(document, func(path []step, start, end int) {
		masked, changed := m.mask(path, document[start+1:end-1])
		if !changed || len(hidden) > maxHidden {
			return
		}
		text := unquote(document[start+1 : end-1])
		parts := strings.Split(masked, Secret)
		for i, after := range parts[1:] {
			text = text[min(len(parts[i]), len(text)):]
			user, rest := text, ""
			if at := strings.Index(text, after); at >= 0 && after != "" {
				user, rest = text[:at], text[at:]
			}
			if i == len(parts)-2 && strings.HasSuffix(text, after) {
				user, rest = strings.TrimSuffix(text, after), after
			}
			hidden, text = append(hidden, strings.Split(user, "\n")...), rest
			if _, password, ok := strings.Cut(user, ":"); ok {
				hidden = append(hidden, password)
			}
		}
	})
	return hidden
}
