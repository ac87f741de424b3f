package query_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/work"
)

// measured runs something and returns the units of work that it used, and the bytes that it allocated.
func measured(t *testing.T, run func(*work.Budget)) (used, allocated int64) {
	t.Helper()
	budget := work.New(t.Context(), work.Max)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run(budget)
	runtime.ReadMemStats(&after)
	return budget.Used(), int64(after.TotalAlloc - before.TotalAlloc)
}

// result returns an answer to a query.
func result(kind string, parts int, part func(i int) string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `{"status":"success","data":{"resultType":%q,"result":[`, kind)
	for i := range parts {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(part(i))
	}
	b.WriteString(`]}}`)
	return []byte(b.String())
}

// TestLargeAnswersAreRead has answers of up to 48 MB, as much as is read of one, and of shapes that take more memory than
// others. Each is read, or refused, in work and memory that are proportional to its length.
func TestLargeAnswersAreRead(t *testing.T) {
	points := strings.TrimSuffix(strings.Repeat(`[1767225600.123,"12345.678901"],`, 1500), ",")
	for name, c := range map[string]struct {
		answer []byte
		want   string // how many series and lines there are, or the error
	}{
		"a thousand series": {result("matrix", 1000, func(i int) string {
			return fmt.Sprintf(`{"metric":{"__name__":"up","instance":"host-%d","job":"node"},"values":[%s]}`, i, points)
		}), "1000 0"},
		"a long series before short ones": {result("matrix", 90_000, func(i int) string {
			if i == 0 {
				return `{"metric":{},"values":[` + points + `]}`
			}
			return `{"metric":{},"values":[[1,"1"]]}`
		}), "90000 0"},
		"long series and short ones by turns": {result("matrix", 3000, func(i int) string {
			if i%2 == 0 {
				return `{"metric":{},"values":[[1,"1"]` + strings.Repeat(`,[1,"1"]`, 1000) + `]}`
			}
			return `{"metric":{},"values":[[1,"1"]]}`
		}), "3000 0"},
		"many labels": {result("vector", 200, func(i int) string {
			var labels []string
			for j := range 1000 {
				labels = append(labels, fmt.Sprintf(`"label_%d_%d":"value %d"`, i, j, j))
			}
			return `{"metric":{` + strings.Join(labels, ",") + `},"value":[1,"1"]}`
		}), "200 0"},
		"too many series": {result("vector", 500_000, func(i int) string { return fmt.Sprintf(`{"metric":{"i":"%d"},"value":[1,"1"]}`, i) }),
			"its answer has more than the 100000 series that are read"},
		"too many lines": {result("streams", 1, func(int) string {
			return `{"stream":{},"values":[["1","x"]` + strings.Repeat(`,["1","x"]`, 200_000) + `]}`
		}), "its answer has more than the 100000 lines that are read"},
		"a long line": {result("streams", 1, func(int) string {
			return `{"stream":{"a":"b"},"values":[["1","` + strings.Repeat(`\n`, 4<<20) + `",{}]]}`
		}), "0 1"},
		"what only the client reads": {result("matrix", 1, func(int) string { return `{"histograms":"` + strings.Repeat("x", 20<<20) + `"}` }),
			"its answer is larger than the 16 MiB that are read of one in this form"},
		"nesting": {result("matrix", 1, func(int) string { return strings.Repeat("[", 4<<20) }),
			"its answer has more than the 1048576 values that are read of one in this form"},
		"histograms with the smallest numbers": {result("matrix", 30, func(i int) string {
			buckets := strings.Repeat(`,[0,"5e-324","1e308","1"]`, 30)[1:]
			return `{"metric":{},"histograms":[[1,{"count":"1","sum":"1"}]` + strings.Repeat(`,[1,{"count":"1","sum":"5e-324","buckets":[`+buckets+`]}]`, 240) + `]}`
		}), "30 0"},
		"small numbers that only the client reads": {result("matrix", 30, func(i int) string {
			return `{"metric":{},"values":[[1.00001,"5e-324"]` + strings.Repeat(`,[1.00001,"5e-324"]`, 6000) + `]}`
		}), work.ErrExhausted.Error()},
		"empty objects": {result("matrix", 300_000, func(int) string { return "{}" }), "its answer has more than the 100000 series that are read"},
	} {
		t.Run(name, func(t *testing.T) {
			got := ""
			used, allocated := measured(t, func(budget *work.Budget) {
				a, _, err := query.TakeResult(budget, c.answer)
				if got = fmt.Sprint(len(a.Series), len(a.Entries)); err != nil {
					got = err.Error()
				}
			})
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if length := int64(len(c.answer)); c.want != work.ErrExhausted.Error() && used > length*4+100_000 || allocated > 2*length+60<<20 {
				t.Errorf("%d units were used and %d bytes allocated for %d bytes", used, allocated, length)
			}
		})
	}
}

func TestListsAreCounted(t *testing.T) {
	answer := []byte(`{"status":"success","data":["a\u0062"` + strings.Repeat(`,"`+strings.Repeat("x", 200)+`"`, 199_999) + `]}`)
	used, allocated := measured(t, func(budget *work.Budget) {
		texts, total, rest, err := query.TakeTexts(budget, answer, 2)
		if len(texts) != 2 || texts[0] != "ab" || total != 200_000 || string(rest) != `{"status":"success","data":[]}` || err != nil {
			t.Errorf("got %d of %d texts, left %.100s, %v", len(texts), total, rest, err)
		}
	})
	if used > int64(len(answer)*2/3) || allocated > 1<<20 {
		t.Errorf("%d units were used and %d bytes allocated for %d bytes", used, allocated, len(answer))
	}
	for _, odd := range []string{`{"data":[1]}`, `{"data":["a"],"data":[]}`, `{"data":null}`, `{"data":["a"]`, `{}`, ``} {
		if texts, total, rest, err := query.TakeTexts(work.New(t.Context(), work.Max), []byte(odd), 2); texts != nil || total != 0 || string(rest) != odd || err != nil {
			t.Errorf("%s: got %q of %d, left %s, %v", odd, texts, total, rest, err)
		}
	}
}

func TestMetadataIsTaken(t *testing.T) {
	const answer = `{"status":"success","data":{"up":[{"type":"gauge","help":"a \u003c b","unit":"s","more":[]},{"type":"counter"}],"none":[]}}`
	known, rest, err := query.TakeMetadata(work.New(t.Context(), work.Max), []byte(answer))
	if err != nil || string(rest) != `{"status":"success","data":{}}` || len(known) != 1 || known["up"] != (query.Metadata{Type: "gauge", Unit: "s", Help: "a < b"}) {
		t.Errorf("got %+v, left %s, %v", known, rest, err)
	}
}

// TestReadingEndsWithTheCaller counts the work that is done on an answer whose caller has left.
func TestReadingEndsWithTheCaller(t *testing.T) {
	gone := errors.New("the caller has left")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	budget := work.New(ctx, work.Max)
	answer := result("matrix", 1, func(int) string { return `{"metric":{},"values":[[1,"1"]` + strings.Repeat(`,[1,"1"]`, 1<<20) + `]}` })
	a, _, err := query.TakeResult(budget, answer)
	if !errors.Is(err, gone) || len(a.Series) > 0 {
		t.Errorf("got %d series, %v", len(a.Series), err)
	}
}

// TestClipLooksAtTheBeginOnly also when that ends within the password of a URL.
func TestClipLooksAtTheBeginOnly(t *testing.T) {
	long := strings.Repeat("x", 1<<20)
	for text, want := range map[string]string{
		"see http://me:secret@host/" + long: "see http://<…",
		"see http://me:" + long + "@host/":  "see http…",
		"see " + long:                       "see xxxxxxxx…",
		"ääääääää" + long:                   "ääääää…",
	} {
		if got := query.Clip(text, 12); !strings.HasPrefix(got, want) {
			t.Errorf("%.20s: got %s, want %s", text, got, want)
		}
	}
}

// TestSmallNumbersAreRead to the last digit that a float64 has, or nearly so.
func TestSmallNumbersAreRead(t *testing.T) {
	for _, text := range []string{"5e-324", "-29E-324", "1e-310", "2.2250738585072011e-308", "2.3e-308", "1.5e-300", "7e-0309", "1e-400", "123e-7", "0e-999", "0x1p-1074", "-0"} {
		want, err := strconv.ParseFloat(text, 64)
		got, gotErr := query.ParseFloat([]byte(text))
		if err != nil || gotErr != nil || math.Abs(got-want) > 0x1p-1074 || math.Signbit(got) != math.Signbit(want) {
			t.Errorf("%s: got %g, %v, want %g", text, got, gotErr, want)
		}
	}
	for _, text := range []string{"", "e-324", "Infe-324", "1e5e-300", "1e--300", "x"} {
		if got, err := query.ParseFloat([]byte(text)); err == nil {
			t.Errorf("%s: got %g", text, got)
		}
	}
}
