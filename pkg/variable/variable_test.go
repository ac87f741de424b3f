package variable_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/variable"
)

// all returns the references of a text, each with its parsed parts.
func all(text string) (read []string) {
	for r := range variable.References(text) {
		read = append(read, fmt.Sprintf("%s=%s|%s|%s", text[r.Start:r.End], r.Name, r.Field, r.Format))
	}
	return read
}

func TestReferences(t *testing.T) {
	for text, want := range map[string]string{
		"nothing, $, $$, ${}, ${a, $ü, ${a:}, ${a.}": "",
		"$a ${b} ${c:CSV}":                           "$a=a|| ${b}=b|| ${c:CSV}=c||CSV",
		"${d.e} ${f.g:json}":                         "${d.e}=d|e| ${f.g:json}=f|g|json",
		"$$a$a-b$1":                                  "$a=a|| $a=a|| $1=1||",
		"${a:$b}$c":                                  "${a:$b}=a||$b $c=c||",
		"${a b} ${$c}":                               "$c=c||",
	} {
		if got := strings.Join(all(text), " "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
	for r := range variable.References("$a $b") { // of which nobody has to read all
		if r.Name != "a" {
			t.Errorf("got %+v", r)
		}
		break
	}
}

func TestAlone(t *testing.T) {
	for text, want := range map[string]struct{ alone, plain bool }{
		"$a": {true, true}, "${a}": {true, false}, "${a:csv}": {true, false}, "${a.b}": {true, false},
		"": {}, "a": {}, "$": {}, "$a ": {}, " $a": {}, "$a$a": {}, "$a-b": {}, "$a\n": {},
	} {
		if bare := variable.Bare(text); bare != text && bare != "a" || (bare != text) != want.alone {
			t.Errorf("%q: got %q", text, bare)
		}
		if _, alone := variable.Alone(text); alone != want.alone || variable.IsPlain(text) != want.plain {
			t.Errorf("%q: got %v, %v", text, alone, variable.IsPlain(text))
		}
	}
}

func TestRename(t *testing.T) {
	for text, want := range map[string]string{
		"":                                 "",
		"$job ${job} ${job:csv} ${job.x}":  "$team ${team} ${team:csv} ${team.x}",
		"$jobs $job_ job ${job ${job:} $$": "$jobs $job_ job ${job ${job:} $$",
		"$job$job-$job":                    "$team$team-$team",
		"${a:$job}":                        "${a:$job}", // which is a format, and nothing is put in its place
	} {
		if got := variable.Rename(text, "job", "team"); got != want {
			t.Errorf("%s:\n got %s\nwant %s", text, got, want)
		}
	}
}

func TestNames(t *testing.T) {
	for name, want := range map[string]struct{ name, builtin, amount bool }{
		"job": {name: true}, "_": {name: true}, "a1_B": {name: true}, "1a": {name: true, amount: true},
		"12": {amount: true}, "__range": {builtin: true},
		"": {}, "a-b": {}, "a.b": {}, "a b": {}, "ü": {}, "$a": {}, "a\n": {},
	} {
		if variable.IsName(name) != want.name || variable.IsBuiltin(name) != want.builtin || variable.IsAmount(name) != want.amount {
			t.Errorf("%q: got %v, %v, %v", name, variable.IsName(name), variable.IsBuiltin(name), variable.IsAmount(name))
		}
	}
}

// FuzzReferences compares References with a regular expression, which is easier to verify but slower.
func FuzzReferences(f *testing.F) {
	same := regexp.MustCompile(`\$(?:(\w+)|\{(\w+)(?:\.([^:^}]+))?(?::([^}]+))?\})`)
	f.Add("$a ${b} ${c:csv} ${d.e:json} $a ${f $g- ${h:} $ü $$i ${j:$k}", "a")
	f.Fuzz(func(t *testing.T, text, name string) {
		var want []string
		for _, m := range same.FindAllStringSubmatch(text, -1) {
			want = append(want, fmt.Sprintf("%s=%s|%s|%s", m[0], m[1]+m[2], m[3], m[4]))
		}
		if got := all(text); !slices.Equal(got, want) {
			t.Errorf("%q:\n got %q\nwant %q", text, got, want)
		}
		if again := variable.Rename(text, name, name); again != text {
			t.Errorf("%q became %q", text, again)
		}
	})
}

// TestUnclosedReferencesAreLinear reads texts that take minutes if each unclosed reference is searched to the end of the text.
func TestUnclosedReferencesAreLinear(t *testing.T) {
	const many = 1 << 19
	for _, c := range []struct {
		part, end string
		want      int
	}{{"${a:", "", 0}, {"${a.", "", 0}, {"${a.", "^", 0}, {"${a.", "^}", 0}, {"${a:", "}", 1}, {"${a", "", 0}, {"$", "", 0}, {"${", "}", 0}, {"$a", "", 1}} {
		count := 0
		for range variable.References(strings.Repeat(c.part, many) + c.end) {
			count++
		}
		if c.part == "$a" {
			c.want = many
		}
		if count != c.want {
			t.Errorf("%s…%s: %d references, want %d", c.part, c.end, count, c.want)
		}
	}
}

func TestNameChecks(t *testing.T) {
	if got := variable.Names("$b ${a:csv} $b ${c.d} $a $$"); !slices.Equal(got, []string{"b", "a", "c"}) {
		t.Errorf("got %q", got)
	}
}
