package tools

import (
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/work"
)

// TestNumbersWithExponents compares numbers that have a million digits without their exponents.
func TestNumbersWithExponents(t *testing.T) {
	before := `[` + strings.TrimSuffix(strings.Repeat(`1e-999999,`, 10_000), `,`) + `,1.50,12345678901234567890,1e2]`
	after := `[` + strings.TrimSuffix(strings.Repeat(`0,`, 10_000), `,`) + `,1.5,12345678901234567000,100]`
	if lost, err := lostFields(work.New(t.Context(), work.Max), []byte(before), []byte(after)); err != nil || len(lost) != 1 || lost[0] != "/10001" {
		t.Errorf("%d are lost: %.100v", len(lost), lost)
	}
}

func TestLostFields(t *testing.T) {
	const before = `{"a":{"b":[{"c":1},{"c":2}],"d/e":true,"none":null,"no":false,"zero":0,"":"","o":{"x":{},"y":[]},"n":{"x":[1]}},"s":"\u0041","tags":["x","x"]}`
	for after, want := range map[string][]string{
		before: nil,
		`{"a":{"b":[{"c":1},{"c":2}],"d/e":true,"n":{"x":[1]}},"s":"A","tags":["x"]}`: nil,
		`{"a":{"b":[{"c":1}],"n":{}},"s":"A","tags":["x"]}`:                           {"/a/b/1", "/a/d~1e", "/a/n/x"},
		`{"a":{"b":[{"c":1},{"c":3}],"d/e":false,"n":{"x":null}},"tags":7}`:           {"/a/b/1/c", "/s"},
	} {
		lost, err := lostFields(work.New(t.Context(), work.Max), []byte(before), []byte(after))
		if err != nil || !slices.Equal(lost, want) {
			t.Errorf("%s: got %q, %v, want %q", after, lost, err, want)
		}
	}
}

func TestSameDocument(t *testing.T) {
	const document = `{"kind":"K","metadata":{"name":"n","version":3,"tags":["b","a"],"x":1},"spec":{"a":[1,{"b":"\u0041"}],"c":null}}`
	for other, want := range map[string]bool{
		document: true,
		`{"spec":{"c":null,"a":[1,{"b":"A"}]},"metadata":{"x":1,"tags":["a","b"],"project":"p","updatedAt":"now"},"kind":"K"}`: true,
		`{"kind":"K","metadata":{"tags":["a","b"],"x":1},"spec":{"a":[1,{"b":"A"}]}}`:                                          false,
		`{"kind":"K","metadata":{"tags":["a","b"],"x":1},"spec":{"a":[{"b":"A"},1],"c":null}}`:                                 false,
		`{"kind":"K","metadata":{"tags":["a","c"],"x":1},"spec":{"a":[1,{"b":"A"}],"c":null}}`:                                 false,
		`{"kind":"K","metadata":{"tags":["a","b"],"x":2},"spec":{"a":[1,{"b":"A"}],"c":null}}`:                                 false,
		`{"kind":"K","metadata":{"tags":["a","b"],"x":1},"spec":{"a":[1,{"b":"A"}],"c":false}}`:                                false,
	} {
		if got := sameDocument(work.New(t.Context(), work.Max), []byte(document), []byte(other)); got != want {
			t.Errorf("%s: got %v", other, got)
		}
	}
}
