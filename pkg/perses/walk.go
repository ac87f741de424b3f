package perses

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// step is one of those that lead down to a value: the key of a member or the index of an element.
type step struct {
	list  bool
	key   []byte
	index int

	headers bool // a step above has the name of headers, so that each name below may be that of a secret
	secret  bool // the key, or that of the step which the list is in, is the name of a secret
}

// below returns the step that leads further down from s. That it inherits what is known of the names above spares each
// string a walk up the path.
func (s step) below(list bool) step {
	return step{list: list, headers: s.headers || isHeaders(s), secret: list && s.secret}
}

// rename makes the step lead to the member with a key.
func (s *step) rename(key []byte) {
	s.key = key
	s.secret = secretName(key) || (s.headers || isHeaders(*s)) && secretHeader(string(key))
}

// token returns the step as a part of a path.
func (s step) token() string {
	if s.list {
		return strconv.Itoa(s.index)
	}
	return string(s.key)
}

// eachString calls visit for every string of a document that is a value, with the steps that lead to it and
// with where its quotes begin and end. The steps are good until visit returns.
//
// It looks at each byte once and decodes no value: a document may have thousands of strings, of which most often
// none is of interest. Of text that is not JSON it visits what it makes of it.
func eachString(document []byte, visit func(path []step, start, end int)) {
	var path []step
	atKey := false
	for i := 0; i < len(document); i++ {
		switch document[i] {
		case '{', '[':
			isList := document[i] == '['
			above := step{}
			if len(path) > 0 {
				above = path[len(path)-1]
			}
			path = append(path, above.below(isList))
			atKey = !isList
		case '}', ']':
			path = path[:max(len(path)-1, 0)]
			atKey = false
		case ',':
			if len(path) == 0 {
				return
			}
			last := &path[len(path)-1]
			last.index++
			atKey = !last.list
		case '"':
			end := endOfString(document, i)
			if end < 0 {
				return
			}
			if atKey {
				path[len(path)-1].rename(keyOf(document[i+1 : end-1]))
				atKey = false
			} else {
				visit(path, i, end)
			}
			i = end - 1
		}
	}
}

// endOfString returns the index after the closing quote of the string that begins at start, -1 if it has none.
func endOfString(document []byte, start int) int {
	for i := start + 1; ; i++ {
		next := bytes.IndexByte(document[i:], '"')
		if next < 0 {
			return -1
		}
		i += next
		backslashes := 0
		for document[i-1-backslashes] == '\\' {
			backslashes++
		}
		if backslashes%2 == 0 { // an odd one belongs to the quote
			return i + 1
		}
	}
}

// keyOf decodes a key as it stands between its quotes; next to none has an escape.
func keyOf(written []byte) []byte {
	if bytes.IndexByte(written, '\\') < 0 {
		return written
	}
	return []byte(unquote(written))
}

// unquote decodes what stands between the quotes of a string.
func unquote(written []byte) (text string) {
	if bytes.IndexByte(written, '\\') < 0 && utf8.Valid(written) {
		return string(written)
	}
	quoted := make([]byte, 0, len(written)+2)
	_ = json.Unmarshal(append(append(append(quoted, '"'), written...), '"'), &text)
	return text
}
