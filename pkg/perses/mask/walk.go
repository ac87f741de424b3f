package mask

import (
	"bytes"
	"encoding/json"
	"strconv"
	"unicode/utf8"
)

// step is one step of the path to a value: the key of an object's member or the index of a list's element.
type step struct {
	list  bool
	key   []byte
	index int

	freeKeys bool // a step above has keys that people choose, so any name below may be that of a secret
	secret   bool // the key, or the key of the list that holds the value, names a secret
}

// below returns the first step below s. It inherits the flags of the steps above, so that no string needs a walk up its path.
func (s step) below(list bool) step {
	return step{list: list, freeKeys: s.freeKeys || hasFreeKeys(s), secret: list && s.secret}
}

// rename makes s the step to the member with a key.
func (s *step) rename(key []byte) {
	s.key = key
	s.secret = isSecretName(key) || (s.freeKeys || hasFreeKeys(*s)) && IsSecretHeader(string(key))
}

// token returns the key or the index as text.
func (s step) token() string {
	if s.list {
		return strconv.Itoa(s.index)
	}
	return string(s.key)
}

// eachString calls visit for every string value of a document, with its path and the positions of its first quote and after its
// last one. The path is valid until visit returns.
//
// It looks at each byte once and decodes no values, because most documents have thousands of strings and few secrets. It accepts
// text that is not JSON, and visits whatever looks like a string.
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
				path[len(path)-1].rename(unquoteKey(document[i+1 : end-1]))
				atKey = false
			} else {
				visit(path, i, end)
			}
			i = end - 1
		}
	}
}

// endOfString returns the index after the closing quote of the string that begins at start, or -1 if there is none.
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
		if backslashes%2 == 0 { // after an odd number, the quote is escaped
			return i + 1
		}
	}
}

// unquoteKey decodes the text between the quotes of a key. It copies only keys with an escape, which are rare.
func unquoteKey(encoded []byte) []byte {
	if bytes.IndexByte(encoded, '\\') < 0 {
		return encoded
	}
	return []byte(unquote(encoded))
}

// unquote decodes the text between the quotes of a string.
func unquote(encoded []byte) (text string) {
	if bytes.IndexByte(encoded, '\\') < 0 && utf8.Valid(encoded) {
		return string(encoded)
	}
	quoted := make([]byte, 0, len(encoded)+2)
	_ = json.Unmarshal(append(append(append(quoted, '"'), encoded...), '"'), &text)
	return text
}
