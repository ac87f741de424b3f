package perses

import (
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/quota"
)

// split returns the elements of a list, with ! before those of which there is only the begin.
func split(t testing.TB, list io.Reader, max limits) (elements []string, err error) {
	t.Helper()
	s := &splitter{quota: &bodyQuota{ctx: t.Context(), pool: quota.New(quota.Options{}), limits: max}}
	s.visit = func(element []byte, whole bool) {
		mark := ""
		if !whole {
			mark = "!"
		}
		elements = append(elements, mark+string(element))
	}
	err = s.read(list)
	return elements, err
}

var someRoom = limits{server: "Perses", maxBytes: 100, maxSmall: 50, maxValues: 50}

func TestSplit(t *testing.T) {
	long := `{"a":"` + strings.Repeat("x", 100) + `"}`
	for list, want := range map[string]string{
		`[]`:                           ``,
		" [ ] \n":                      ``,
		`[{}]`:                         `{}`,
		"[{\"a\":1},\n{\"b\":[{}]}]\n": `{"a":1} {"b":[{}]}`,
		`[{"a":"]}\"{["},{"b":"\\"}]`:  `{"a":"]}\"{["} {"b":"\\"}`,
		`[[1],{}]`:                     `[1] {}`,
		`[` + long + `,{}]`:            `!{"a":"xxxxxxxxxx {}`, // shortened below
		`[{` + strings.Repeat(`"a":1,`, 60) + `"b":2},{}]`: `!{ {}`,
	} {
		for _, reader := range []io.Reader{strings.NewReader(list), iotest.OneByteReader(strings.NewReader(list)), iotest.DataErrReader(strings.NewReader(list))} {
			got, err := split(t, reader, someRoom)
			for i, element := range got {
				if part, _, _ := strings.Cut(want, " "); strings.HasPrefix(element, "!") && strings.HasPrefix(part, "!") {
					got[i] = part // how much of it there is depends on the pieces
				}
			}
			if strings.Join(got, " ") != want || err != nil {
				t.Errorf("%.60s: got %q, %v", list, got, err)
			}
		}
	}
	for list, want := range map[string]error{`{}`: errNoList, `7`: errNoList, `["a"]`: errNoList, `[1]`: errNoList, `[{}`: io.ErrUnexpectedEOF, `[{"`: io.ErrUnexpectedEOF, ``: nil} {
		if _, err := split(t, strings.NewReader(list), someRoom); !errors.Is(err, want) {
			t.Errorf("%s: got %v, want %v", list, err, want)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add(`[{"a":"\\\"]"},[{}], {"b":{"c":[1,null]}} ]`, 3)
	f.Fuzz(func(t *testing.T, list string, size int) {
		got, err := split(t, &pieces{list, max(1, size%100)}, persesLimits)
		var want []string
		gjson.Parse(list).ForEach(func(_, element gjson.Result) bool {
			want = append(want, element.Raw)
			return true
		})
		if parsed := gjson.Parse(list); gjson.Valid(list) && parsed.IsArray() && !slices.ContainsFunc(parsed.Array(), func(r gjson.Result) bool { return r.Type != gjson.JSON }) {
			if err != nil || !slices.Equal(got, want) {
				t.Errorf("%q: got %q, %v", list, got, err)
			}
		}
	})
}

// pieces gives a text away in pieces.
type pieces struct {
	text string
	size int
}

func (p *pieces) Read(into []byte) (int, error) {
	if p.text == "" {
		return 0, io.EOF
	}
	n := copy(into[:min(len(into), p.size)], p.text)
	p.text = p.text[n:]
	return n, nil
}
