package perses

import (
	"io"
	"net/http"
	"strings"
	"unicode/utf8"
)

const (
	// minHidden is from how many bytes on a hidden value is masked in what Perses says of a document: a shorter one is part
	// of many words.
	minHidden = 4
	// maxHidden is how many pieces of hidden values are looked for in what Perses says: far more than any document has that
	// people write, and few enough to be found in one pass.
	maxHidden = 1000
	// maxPiece is how long such a piece is at the most, so that the pass takes time in proportion to the text.
	maxPiece = 64
)

// tooManyHidden stands in the place of Perses' words if the values that must not be in them are too many.
const tooManyHidden = "what Perses finds wrong is not repeated, for it may repeat some of the very many secrets in the document"

// unrepeated returns what Perses says of the document that a request has sent, with the values masked that Show masks in
// the document: Perses repeats what it does not accept, and not always with the key by which it is known for a secret.
func unrepeated(said string, r *http.Request) string {
	if r == nil || r.GetBody == nil || said == "" {
		return said
	}
	body, err := r.GetBody()
	if err != nil {
		return said
	}
	document, err := io.ReadAll(body)
	if err != nil {
		return said
	}
	replaced := map[string]bool{}
	for _, text := range hiddenOf(document) {
		for _, form := range []string{text, strings.Trim(string(Marshal(text)), `"`)} {
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
		return said
	}
	var pairs []string
	for piece := range replaced {
		pairs = append(pairs, piece, Mask)
	}
	return strings.NewReplacer(pairs...).Replace(said)
}

// hiddenOf returns the values, and the parts of values, that Show masks in a document.
func hiddenOf(document []byte) (hidden []string) {
	m := masker{users: hasAt(document)}
	eachString(document, func(path []step, start, end int) {
		masked, changed := m.mask(path, document[start+1:end-1])
		if !changed || len(hidden) > maxHidden {
			return
		}
		text := unquote(document[start+1 : end-1])
		parts := strings.Split(masked, Mask)
		for i, behind := range parts[1:] {
			text = text[min(len(parts[i]), len(text)):]
			user, rest := text, ""
			if at := strings.Index(text, behind); at >= 0 && behind != "" {
				user, rest = text[:at], text[at:]
			}
			if i == len(parts)-2 && strings.HasSuffix(text, behind) {
				user, rest = strings.TrimSuffix(text, behind), behind
			}
			hidden, text = append(hidden, strings.Split(user, "\n")...), rest
			if _, password, ok := strings.Cut(user, ":"); ok {
				hidden = append(hidden, password)
			}
		}
	})
	return hidden
}
