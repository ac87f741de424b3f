package mask_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

func TestShow(t *testing.T) {
	for _, c := range []struct{ name, document, want string }{
		{"nothing to hide", `{"b":1.50,"a":[{"c":null}],"n":12345678901234567890}`, `{"b":1.50,"a":[{"c":null}],"n":12345678901234567890}`},
		{"headers", `{"headers":{"Authorization":"Bearer x","X-Scope-OrgID":"team","cookie":"a=b"}}`, `{"headers":{"Authorization":"<secret>","X-Scope-OrgID":"team","cookie":"<secret>"}}`},
		{"names of secrets", `{"password":"x","apiKey":"x","client_secret":"x","accessToken":"x","private-key":"x"}`, `{"password":"<secret>","apiKey":"<secret>","client_secret":"<secret>","accessToken":"<secret>","private-key":"<secret>"}`},
		{"ways to write names", `{"API Key":"x","MY_TOKEN":"x","X.Set-Cookie":"x","éÀpassWORD":"x","To\u212aen":"x","Profile":"x","tokenURL_":"x"}`, `{"API Key":"<secret>","MY_TOKEN":"<secret>","X.Set-Cookie":"<secret>","éÀpassWORD":"<secret>","To\u212aen":"<secret>","Profile":"x","tokenURL_":"x"}`},
		{"lists and maps below headers", `{"headers":{"X-Key":[["x"],{"a":["y"],"b-key":"x"}]},"X-Key":"y"}`, `{"headers":{"X-Key":[["<secret>"],{"a":["y"],"b-key":"<secret>"}]},"X-Key":"y"}`},
		{"what only sounds like one", `{"secret":"name-of-a-secret","tokenURL":"https://x","passwordFile":"/etc/pw","tokens":3,"password":""}`, `{"secret":"name-of-a-secret","tokenURL":"https://x","passwordFile":"/etc/pw","tokens":3,"password":""}`},
		{"a list under a name", `{"password":["x","y"]}`, `{"password":["<secret>","<secret>"]}`},
		{"users of URLs", `{"text":"see https://me:pw@a.example/x and http://tok@b.example, not mail@c.example"}`, `{"text":"see https://<secret>@a.example/x and http://<secret>@b.example, not mail@c.example"}`},
		{"odd passwords", `{"a":"http://u:S3'CRET@h:1","b":"http://u:S3@CRET@h:1/x@y"}`, `{"a":"http://<secret>@h:1","b":"http://<secret>@h:1/x@y"}`},
		{"headers by other names", `{"headers":{"X-Auth":"x","DD-APPLICATION-KEY":"x","X-JWT":["x"],"Accept":"y"},"key":"not a header"}`, `{"headers":{"X-Auth":"<secret>","DD-APPLICATION-KEY":"<secret>","X-JWT":["<secret>"],"Accept":"y"},"key":"not a header"}`},
		{"an address in the path of a URL", `{"url":"https://a.example/@me"}`, `{"url":"https://a.example/@me"}`},
		{"escapes for HTML", `{"q":"up \u003e 0 \u0026\u0026 \u003cb\u003e","literally":"\\u003c"}`, `{"q":"up > 0 && <b>","literally":"\\u003c"}`},
		{"escapes in a URL", `{"u":"http:\/\/me:pw\u0040a.example","v":"\u0040"}`, `{"u":"http://<secret>@a.example","v":"\u0040"}`},
		{"escapes in the key above headers", `{"h\u0065aders":{"X-Key":"x"}}`, `{"h\u0065aders":{"X-Key":"<secret>"}}`},
		{"escapes in a masked key", `{"pass\u0077ord":"x"}`, `{"pass\u0077ord":"<secret>"}`},
	} {
		if got := string(mask.Document(json.RawMessage(c.document))); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestFindMask(t *testing.T) {
	for document, want := range map[string]string{
		`{"a":{"b/c":["x","<secret>"]}}`:            "/a/b~1c/1",
		`{"url":"https://<secret>@a.example"}`:      "/url",
		`{"a":"\u003csecret\u003e"}`:                "/a",
		`{"text":"put a <secret> into the Secret"}`: "",
	} {
		if got := mask.Find(json.RawMessage(document)); got != want {
			t.Errorf("%s: got %q, want %q", document, got, want)
		}
	}
}

// TestShowLarge shows documents that would take minutes if each string cost a walk up its path, or a look at its key.
func TestShowLarge(t *testing.T) {
	const depth, length = 9_000, 400_000
	inner := strings.Repeat(`"a",{"b":"c"},`, length)
	for name, document := range map[string]string{
		"deep":     strings.Repeat(`[`, depth) + inner + `%s` + strings.Repeat(`]`, depth),
		"long key": `{"` + strings.Repeat("k", 4*length) + `":[` + inner + `%s]}`,
	} {
		secret, masked := strings.Replace(document, "%s", `{"token":"x"}`, 1), strings.Replace(document, "%s", `{"token":"<secret>"}`, 1)
		if got := string(mask.Document(json.RawMessage(secret))); got != masked {
			t.Errorf("%s: nothing masked, or something else", name)
		}
	}
	long := strings.Repeat("k", 400)
	deep := strings.Repeat(`{"`+long+`":`, depth) + `"<secret>"` + strings.Repeat(`}`, depth)
	if got := mask.Find(json.RawMessage(deep)); got != strings.Repeat("/"+long, depth) {
		t.Errorf("got a pointer of %d bytes", len(got))
	}
}

// TestHidesAllocates holds the look at each key to no memory of its own.
func TestHidesAllocates(t *testing.T) {
	var document strings.Builder
	document.WriteString(`{"a":"b"`)
	for i := range 10_000 {
		fmt.Fprintf(&document, `,"Any_Key-%d":"c"`, i)
	}
	document.WriteString("}")
	if allocated := testing.AllocsPerRun(1, func() { mask.Hides(json.RawMessage(document.String())) }); allocated > 20 {
		t.Errorf("got %v allocations", allocated)
	}
}

// TestMaskTime holds the masking of URLs to time in proportion to the length of the text: nothing else bounds it in a log.
func TestMaskTime(t *testing.T) {
	const length = 40_000
	for _, shape := range []struct{ before, again, after string }{
		{"@", ":%2f%2f", ""}, {"@", ":%2f%2f", " @"}, {"@", ":%2F%2Fa:b", ""}, {"", "://a:%2f%2f", "@"}, {"", `:\\/\\/a`, "40"},
		{"", "%3a%2f%2fa:b40", ""}, {"", ":%2f%2f[", "."}, {"", ":%2f%2f", strings.Repeat(".", length)}, {"", "%3a%2f%2f", strings.Repeat("@", length)},
		{"://", "%25", "40"}, {"%", "25", "3a%2f%2f"}, {"://", "2540", "@"}, {"", ":", strings.Repeat(`\\`, length)}, {"", `:\\`, "/"},
		{"", "://a:b", "@"}, {"", "://a:b\n40", ""}, {"", "://u:p@h ", ""}, {"", "%3a//a:b.40", ""}, {"", `\u0040:%2f/`, ""}, {"", ":%2f%2f%2540", ""},
	} {
		text := func(times int) string {
			return shape.before + strings.Repeat(shape.again, times*length/len(shape.again)) + shape.after
		}
		document, message := mask.Visits(text(1))
		document2, message2 := mask.Visits(text(2))
		if float64(document2) > 2.2*float64(document) || float64(message2) > 2.2*float64(message) {
			t.Errorf("%q: twice the text takes %d visits instead of %d, as a message %d instead of %d", shape.again, document2, document, message2, message)
		}
		if bound := maskVisits * len(text(2)); max(document2, message2) > bound {
			t.Errorf("%q: %d visits, as a message %d, want at most %d", shape.again, document2, message2, bound)
		}
	}
}

// maskVisits is how often masking may look at a byte, on average: after each separator it searches a number of bytes for
// the end of a password.
const maskVisits = 200

// FuzzShow holds Show to what its callers rely on: it leaves valid JSON, of the same shape, in which
// nothing is left to mask.
func FuzzShow(f *testing.F) {
	for _, seed := range []string{`{}`, `[]`, `"http://a:b@c"`, `{"password":{"a":"b"}}`, `{"a\\u003c":"\\\u003c"}`, `{"token":["http://x@y","\""]}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, document string) {
		var before, after any
		if json.Unmarshal([]byte(document), &before) != nil {
			t.Skip()
		}
		shown := mask.Document(json.RawMessage(document))
		if err := json.Unmarshal(shown, &after); err != nil {
			t.Fatalf("%v in %s", err, shown)
		}
		if again := mask.Document(shown); string(again) != string(shown) {
			t.Errorf("showing it again changes %s to %s", shown, again)
		}
		if !sameShape(before, after) {
			t.Errorf("%s became %s", document, shown)
		}
	})
}

// sameShape tells whether two values differ in the texts of their strings at the most.
func sameShape(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		b, ok := b.(map[string]any)
		if !ok || len(a) != len(b) {
			return false
		}
		for key := range a {
			if other, ok := b[key]; !ok || !sameShape(a[key], other) {
				return false
			}
		}
		return true
	case []any:
		b, ok := b.([]any)
		return ok && slices.EqualFunc(a, b, sameShape)
	case string:
		_, ok := b.(string)
		return ok
	}
	return a == b
}
