package promql_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/prometheus/prometheus/promql/parser"

	"github.com/perses/mcp-server/pkg/promql"
)

func TestParse(t *testing.T) {
	for query, metrics := range map[string]string{
		`up`:                                         "up",
		`rate(a_total[5m]) / on (job) b`:             "a_total b",
		`rate(a_total[$__rate_interval])`:            "a_total",
		`rate(a_total[${window}m] offset $o)`:        "a_total",
		`max_over_time(a[${range:raw}:$__interval])`: "a",
		`a{job=~"$job", x="${y:regex}"}`:             "a",
		`{__name__="a", job='$job'}`:                 "a",
		`topk($n, a)`:                                "a",
		`$by(a)`:                                     "a",
		`sum by ($label) (a{$other="x"})`:            "a",
		`$metric`:                                    "",
		`{__name__=~"a.*"}`:                          "",
		`a > $limit`:                                 "a",
		"a{b=`$c\\`}":                                "a",
	} {
		q, err := promql.Parse(query)
		if got := strings.Join(q.Metrics(), " "); err != nil || got != metrics {
			t.Errorf("%s: got %q, %v; want %q", query, got, err, metrics)
		}
	}
}

func TestExact(t *testing.T) {
	for query, exact := range map[string]bool{`up`: true, `rate(a{b="$c"}[$d])`: true, `$metric`: false, `sum by ($l) (a)`: false} {
		if q, err := promql.Parse(query); err != nil || q.Exact != exact {
			t.Errorf("%s: got %v, %v", query, q.Exact, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for query, want := range map[string]promql.Error{
		`sum(rate(a[5m])`:             {Reason: "unclosed left parenthesis", Offset: 15},
		`a{b=~"$c"} +`:                {Reason: "unexpected end of input", Offset: 12},
		`rate(a[$__rate_interval]) }`: {Reason: `unexpected character: '}'`, Offset: 26},
		`a $operator b`:               {Reason: `unexpected identifier "a variable"`, Offset: 2, Unsure: true},
		``:                            {Reason: "no expression found in input", Offset: 0},
	} {
		_, err := promql.Parse(query)
		var got *promql.Error
		if !errors.As(err, &got) || *got != want {
			t.Errorf("%s:\n got %+v\nwant %+v", query, got, want)
		}
	}
	if _, err := promql.Parse(strings.Repeat("a+", 10_000) + "a"); !errors.Is(err, promql.ErrTooComplex) {
		t.Errorf("got %v", err)
	}
}

func TestDescribeError(t *testing.T) {
	for query, want := range map[string]string{
		"sum(rate(a[5m])":   "unclosed left parenthesis, at the end",
		"sum(rate(a[5m])\n": "unclosed left parenthesis, at the end",
		"sum by (job (up))": `unexpected "(" in grouping opts, expected "," or ")", after "sum by (job "`,
		"sum(up) by job":    `unexpected identifier "job" in grouping opts, expected "(", after "sum(up) by "`,
		"rate(a)":           `expected type range vector in call to function "rate", got instant vector, after "rate("`,
		"avg(a, b)":         "wrong number of arguments for aggregate expression provided, expected 1, got 2, at the beginning",
		`a{b="$c",d="eééééééééééééé"} }`: `unexpected character: '}'` + ", after " + `"…eééééééééééééé\"} "`,
		"": "no expression found in input, at the beginning",
	} {
		_, err := promql.Parse(query)
		var got *promql.Error
		if !errors.As(err, &got) {
			t.Errorf("%s: got %v", query, err)
		} else if text := got.Describe(query); text != want {
			t.Errorf("%s:\n got %s\nwant %s", query, text, want)
		}
	}
	long := "a " + strings.Repeat("b", 500)
	var got *promql.Error
	if _, err := promql.Parse(long); !errors.As(err, &got) || !strings.HasSuffix(got.Describe(long), `bbb…, after "a "`) {
		t.Errorf("got %v", err)
	}
}

// TestErrorsDoNotCutURLs checks that no part of a URL remains in which a password would not be masked.
func TestErrorsDoNotCutURLs(t *testing.T) {
	for i := range 60 {
		for _, query := range []string{
			`up{instance="https://ann:hidden@prom.example/` + strings.Repeat("x", i) + `"} }`,
			"up " + strings.Repeat("x", i) + strings.Repeat(" ", 60-i) + `"https://ann:hidden@prom.example/`,
		} {
			_, err := promql.Parse(query)
			var got *promql.Error
			if !errors.As(err, &got) {
				t.Fatalf("%s: got %v", query, err)
			}
			if text := strings.ReplaceAll(got.Describe(query), "https://ann:hidden@", ""); strings.Contains(text, "hid") {
				t.Errorf("%s: got %s", query, got.Describe(query))
			}
		}
	}
	long := &promql.Error{Reason: `unexpected string "` + strings.Repeat("x", 80) + ` https://ann:hidden@prom.example/"`}
	if text := long.Describe("a"); strings.Contains(text, "hid") || !strings.Contains(text, "xxx …, at the beginning") {
		t.Errorf("got %s", text)
	}
}

func TestSelectors(t *testing.T) {
	q, err := promql.Parse(`a{x="1",y=~"$v"} / a{x="1",y=~"$v"} + {__name__=~"b_.+"} + $m{z="2"}`)
	if err != nil {
		t.Fatal(err)
	}
	all := q.Selectors()
	if len(all) != 3 {
		t.Fatalf("got %+v", all)
	}
	if s := all[0]; s.Metric != "a" || len(s.Matchers) != 2 || promql.HasVariable(s.Matchers[0].Value) || !promql.HasVariable(s.Matchers[1].Value) {
		t.Errorf("got %+v", s)
	}
	if s := all[2]; s.Metric != "" || len(s.Matchers) != 1 || s.Matchers[0].Value != "2" {
		t.Errorf("got %+v", s)
	}
	selected := slices.DeleteFunc([]string{"a", "b_1", "b_", "c"}, func(metric string) bool { return !q.Selects(metric) })
	if !slices.Equal(selected, []string{"a", "b_1"}) {
		t.Errorf("it selects %v", selected)
	}
}

func TestTextOfParts(t *testing.T) {
	q, err := promql.Parse(`sum by ($by) (rate(a{b=~"$c", d="${e:raw}"}[${f}])) / on (g) b{h="$i"}`)
	if err != nil {
		t.Fatal(err)
	}
	var parts []string
	for _, part := range parser.Children(q.Expr) {
		parts = append(parts, q.Text(part))
	}
	call := parser.Children(parser.Children(q.Expr)[0])[0] // whose end is before its start according to the parser
	parts = append(parts, q.Text(call))
	if want := []string{`sum by ($by) (rate(a{b=~"$c", d="${e:raw}"}[${f}]))`, `b{h="$i"}`, `rate(a{b=~"$c", d="${e:raw}"}[${f}])`}; !slices.Equal(parts, want) {
		t.Errorf("got %q", parts)
	}
}

// TestCostlyQueriesAreNotParsed has queries that take Prometheus' parser seconds or hundreds of megabytes.
func TestCostlyQueriesAreNotParsed(t *testing.T) {
	repeated := func(begin, part string, count int, end string) string {
		return begin + strings.Repeat(part, count) + end
	}
	for about, query := range map[string]string{
		"sums":              repeated("up", "+up", 5000, ""),
		"comparisons":       repeated("1", ">1", 8000, ""),
		"parentheses":       repeated("", "(", 5000, "1") + strings.Repeat(")", 5000),
		"minus":             repeated("", "-", 10_000, "1"),
		"calls":             repeated("", "abs(", 2000, "up") + strings.Repeat(")", 2000),
		"on and group_left": repeated("up*on(", "a,", 1000, "a)") + repeated("group_left(", "a,", 1000, "a)up"),
		"repeats":           repeated(`a{b=~"`, ".{999}", 1000, `"}`),
		"nested repeats":    repeated(`a{b=~"`, `(\\w{30}){30}`, 50, `"}`),
		"classes":           repeated(`a{b=~"`, `\\pL`, 1000, `"}`),
		"groups":            repeated(`a{b=~"`+strings.Repeat("[ab]", 8), "(a)", 5000, `"}`),
		"names":             repeated("a"+strings.Repeat("b", 8000)+"{", `__name__="a",`, 500, "}"),
	} {
		if _, err := promql.Parse(query); !errors.Is(err, promql.ErrTooComplex) || promql.Cost(query) != 0 {
			t.Errorf("%s: got %.100v, which costs %d", about, err, promql.Cost(query))
		}
	}
	for about, query := range map[string]string{
		"sums":         repeated("sum(up)", "+sum(up)", 200, ""),
		"arguments":    repeated("sum by (a", ",a", 3000, ") (up)"),
		"alternatives": repeated(`up{job=~"a`, "|a.*", 3000, `"}`),
		"variables":    repeated("up", " or up{a=~'$a'}", 400, ""),
		"durations":    repeated(`rate(up{a="`, "$a[", 3000, `"}[$b])`),
	} {
		if _, err := promql.Parse(query); err != nil || promql.Cost(query) < len(query) || promql.Cost(query) > 1_500_000 {
			t.Errorf("%s: %v, it costs %d", about, err, promql.Cost(query))
		}
	}
}

func TestVariablesInDurations(t *testing.T) {
	for query, parses := range map[string]bool{
		`a offset $o`: true, "a OFFSET\n- $o": true, `a xoffset $o`: false, `offset $o`: false, `a[$o`: false,
		`a{b="\\$c"}`: true, `a{b="\$c"}`: true, `a{b='"'} offset ${o}h`: true,
	} {
		if _, err := promql.Parse(query); (err == nil) != parses {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(`rate(a{b="$c"}[${d:raw}]) $e`)
	f.Add("a{b=`\\")
	f.Fuzz(func(t *testing.T, query string) {
		q, err := promql.Parse(query)
		var e *promql.Error
		if errors.As(err, &e) && (e.Offset < 0 || e.Offset > len(query)) {
			t.Errorf("%q: an error at %d", query, e.Offset)
		} else if e != nil {
			e.Describe(query)
		}
		const perByte, maximum = 2000, 9_000_000 // for three attempts
		if cost := promql.Cost(query); cost > min(maximum, perByte*(1+len(query))) {
			t.Errorf("%q costs %d", query, cost)
		}
		q.Metrics()
		if q.Expr != nil {
			parser.Inspect(q.Expr, func(node parser.Node, _ []parser.Node) error {
				if node != nil {
					q.Text(node)
				}
				return nil
			})
		}
	})
}
