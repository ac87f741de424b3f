package credentials

import (
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/tidwall/gjson"
)

// FuzzSplice puts tokens into whatever may stand in percli's file. All else stays, byte for byte.
func FuzzSplice(f *testing.F) {
	for _, document := range []string{
		`{"rest_client_config":{"url":"u","authorization":{"credentials":"a"}},"refresh_token":"b"}`,
		`{"refresh_token":"b" , "rest_client_config" : {"authorization" : {"type":"x","credentials" : "a\u0041" } } }`,
		`{"refresh_token":7,"rest_client_config":[]}`, `[]`, `{}`, `null`, `"x"`,
	} {
		f.Add(document, "new")
	}
	f.Fuzz(func(t *testing.T, document, value string) {
		if !json.Valid([]byte(document)) || !utf8.ValidString(value) {
			t.Skip()
		}
		after := splice([]byte(document), map[string]string{sessionCredentials: value, sessionRefresh: value})
		if !json.Valid(after) {
			t.Fatalf("%s became %s", document, after)
		}
		for _, path := range []string{sessionCredentials, sessionRefresh} {
			if gjson.Get(document, path).Type == gjson.String && gjson.GetBytes(after, path).Str != value {
				t.Errorf("%s is %q in %s", path, gjson.GetBytes(after, path).Str, after)
			}
		}
		back := splice(after, map[string]string{sessionCredentials: gjson.Get(document, sessionCredentials).String(), sessionRefresh: gjson.Get(document, sessionRefresh).String()})
		var was, is any
		_, _ = json.Unmarshal([]byte(document), &was), json.Unmarshal(back, &is)
		if !reflect.DeepEqual(was, is) {
			t.Errorf("%s came back as %s", document, back)
		}
	})
}

// FuzzHolds reads whatever stands in the place of a token.
func FuzzHolds(f *testing.F) {
	for _, token := range []string{"", "a.b.c", "e30.eyJleHAiOjE3MDAwMDAwMDB9.x", "e30.eyJleHAiOi0xfQ.x", "e30.eyJleHAiOjFlMzAwfQ.x", "..", "e30.W10.x"} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		now := time.Unix(1_600_000_000, 0)
		if held := lifetimeOf(token, now); held > 0 && strings.Count(token, ".") != 2 {
			t.Errorf("%q holds for %v", token, held)
		}
		newToken("x", "", lifetimeOf(token, now))
	})
}
