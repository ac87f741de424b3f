package mask

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

func TestEachString(t *testing.T) {
	for document, want := range map[string]string{
		`"alone"`:     `:"alone"`,
		`{}`:          ``,
		`[[],{},"a"]`: `2:"a"`,
		`{"a":"1","b":{"c":["2",{"d":"3"}]},"e":"4"}`:   `a:"1" b.c.0:"2" b.c.1.d:"3" e:"4"`,
		`{ "a" : [ 1 , "x" , null , "y" ] , "b" : "" }`: `a.1:"x" a.3:"y" b:""`,
		`{"q\"\\":"\\\"","n":"\\"}`:                     `q"\:"\\\"" n:"\\"`,
		`{"a":"{\"b\":[\"c\"]}","\u0061b":","}`:         `a:"{\"b\":[\"c\"]}" ab:","`,
	} {
		var got []string
		eachString([]byte(document), func(path []step, start, end int) {
			var tokens []string
			for _, s := range path {
				tokens = append(tokens, s.token())
			}
			got = append(got, strings.Join(tokens, ".")+":"+document[start:end])
		})
		if strings.Join(got, " ") != want {
			t.Errorf("%s:\n got %q\nwant %q", document, got, want)
		}
	}
}

// FuzzEachString holds eachString to the strings that the decoder of the standard library finds, and to its promise to
// bear what is not JSON.
func FuzzEachString(f *testing.F) {
	for _, seed := range []string{`["a",{"b":"c"}]`, `}],:"`, `"\`, `{"a":"\\"}`, `[{"":[""]},"\"",1e3]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		var got []string
		eachString([]byte(document), func(_ []step, start, end int) { got = append(got, unquote([]byte(document[start+1:end-1]))) })
		if json.Valid([]byte(document)) {
			if want := stringsOf(document); !slices.Equal(got, want) {
				t.Errorf("%s: got %q, want %q", document, got, want)
			}
		}
	})
}

// stringsOf returns the strings of a document that are values, in their order.
func stringsOf(document string) []string {
	var found []string
	var inObject []bool
	key := false // comes next
	for decoder := json.NewDecoder(strings.NewReader(document)); ; {
		token, err := decoder.Token()
		if err != nil {
			return found
		}
		text, isString := token.(string)
		if isString && key {
			key = false
			continue
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			inObject = append(inObject, token == json.Delim('{'))
		case json.Delim('}'), json.Delim(']'):
			inObject = inObject[:len(inObject)-1]
		}
		if isString {
			found = append(found, text)
		}
		key = len(inObject) > 0 && inObject[len(inObject)-1]
	}
}
