package dashboard_test

import (
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/work/worktest"
)

var values = dashboard.Values{
	"one":         dashboard.Single("a.b c"),
	"two":         {Values: []string{"a.b/c", `it's "x"`}, IsList: true},
	"single":      {Values: []string{"a+b"}, IsList: true},
	"none":        {IsList: true},
	"empty":       {},
	"json":        {Values: []string{`{"k": [1, 2]}`, "7", "true", "<b>", `q"`}, IsList: true},
	"job":         dashboard.Single("api"),
	"jobs":        dashboard.Single("all"),
	"__range":     dashboard.Single("1h"),
	"__range_ms":  dashboard.Single("3600000"),
	"outer":       dashboard.Single("$in"),
	"in":          dashboard.Single("x"),
	"dashed-name": dashboard.Single("never"),
}

func TestReplace(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"nothing", "nothing"},
		{"$one and ${one}", "a.b c and a.b c"},
		{"$two", `(a.b/c|it's "x")`},
		{"${two}", `(a.b/c|it's "x")`},
		{"${single}", `(a+b)`},
		{"[$none]", "[()]"},
		{"[$empty]", "[]"},
		{"[${empty:prometheus}]", "[]"},

		{"${two:csv}", `a.b/c,it's "x"`},
		{"${two:raw}", `a.b/c,it's "x"`},
		{"${two:distributed}", `a.b/c,two=it's "x"`},
		{"${two:doublequote}", `"a.b/c","it's "x""`},
		{"${two:glob}", `{a.b/c,it's "x"}`},
		{"${two:json}", `["a.b/c","it's \"x\""]`},
		{"${json:json}", `[{"k":[1,2]},7,true,"<b>","q\""]`},
		{"${two:lucene}", `("a.b/c" OR "it's "x"")`},
		{"${two:percentencode}", `a.b%2Fc%2Cit's%20%22x%22`},
		{"${two:pipe}", `a.b/c|it's "x"`},
		{"${two:prometheus}", `(a.b/c|it's "x")`},
		{"${two:regex}", `(a\.b\/c|it's "x")`},
		{"${two:regexliteral}", `(a\\.b\\/c|it's "x")`},
		{"${two:singlequote}", `'a.b/c','it's "x"'`},
		{"${two:sqlstring}", `'a.b/c','it''s "x"'`},
		{"${two:text}", `a.b/c + it's "x"`},
		{"${two:queryparam}", `two=a.b%2Fc&two=it's%20%22x%22`},

		{"${one:prometheus}", "(a.b c)"},
		{"${one:queryparam}", "one=a.b%20c"},
		{"${one:json}", `["a.b c"]`},
		{"${none:csv}${none:distributed}", "${none:csv}"}, // one format per variable
		{"${none:json}", "[]"},

		// The limitations of the UI.
		{"${two:csv} $two", `${two:csv} (a.b/c|it's "x")`},
		{"$two ${two:csv}", `a.b/c,it's "x" a.b/c,it's "x"`},
		{"${two:CSV}", "${two:CSV}"},
		{"${two:nosuch}", "${two:nosuch}"},
		{"${job.field}", "${job.field}"},
		{"$outer $in", "x x"},
		{"$jobless", "$jobless"},
		{"$job $jobless", "api apiless"},

		{"$jobs of $job", "all of api"},
		{"$job of $jobs", "api of all"},
		{"$__range $__range_ms", "1h 3600000"},
		{"$unknown ${unknown} ${unknown:csv}", "$unknown ${unknown} ${unknown:csv}"},
		{"$ $$ ${} $1 $dashed-name", "$ $$ ${} $1 $dashed-name"},
		{`{job=~"$job",le="+Inf"}[$__range]`, `{job=~"api",le="+Inf"}[1h]`},
		{"$job$job", "apiapi"},
	} {
		if got := replaced(t, values, c.text); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.text, got, c.want)
		}
	}
}

func TestReferences(t *testing.T) {
	text := "$a ${b} ${c:csv} ${d.e:json} $a ${f $g- ${h:} $ü"
	if got, want := strings.Join(dashboard.References(text), " "), "a b c d g"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzReplace(f *testing.F) {
	for _, text := range []string{"$a", "${a:csv} $a", "${b:json}${b:regex}", "$$a${", "${a.x:lucene}"} {
		f.Add(text, "x", "$b")
	}
	f.Fuzz(func(t *testing.T, text, a, b string) {
		v := dashboard.Values{"a": dashboard.Single(a), "b": {Values: []string{a, b}, IsList: true}}
		budget := worktest.Budget()
		replaced, _ := v.Replace(budget, text)
		if used := budget.Used(); used > int64(100*(len(text)+len(a)+len(b)+len(replaced))+1000) {
			t.Errorf("%d units were used for %q", used, text)
		}
		if !strings.ContainsRune(text, '$') && replaced != text {
			t.Errorf("%q became %q without a variable in it", text, replaced)
		}
		if text == "$a" && replaced != a {
			t.Errorf("$a became %q, not %q", replaced, a)
		}
	})
}

// TestExponentialGrowth replaces variables that each refer to the next one ten times.
func TestExponentialGrowth(t *testing.T) {
	const maxText = 1 << 20
	grow, text := dashboard.Values{}, ""
	for n := range 20 {
		name := strings.Repeat("a", n+1)
		grow[name] = dashboard.Single(strings.Repeat("$"+name[1:]+" ", 10))
		text += "$" + name + " "
	}
	if got := len(replaced(t, grow, text)); got > maxText || got < maxText/100 {
		t.Errorf("the text has %d bytes, want maxText of %d", got, maxText)
	}
}
