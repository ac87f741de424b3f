package dashboard_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// needing returns variables that refer to others.
func needing(t *testing.T, needs ...string) []dashboard.Variable {
	t.Helper()
	var definitions []string
	for _, n := range needs {
		name, others, _ := strings.Cut(n, " ")
		definitions = append(definitions, fmt.Sprintf(`{"kind":"ListVariable","spec":{"name":%q,"plugin":{"kind":"PrometheusPromQLVariable","spec":{"expr":%q}}}}`, name, others))
	}
	d, err := dashboard.Parse(json.RawMessage(`{"kind":"Dashboard","spec":{"variables":[` + strings.Join(definitions, ",") + `]}}`))
	if err != nil {
		t.Fatal(err)
	}
	return d.Variables
}

func TestCycle(t *testing.T) {
	for _, c := range []struct {
		needs []string
		want  string
	}{
		{[]string{"a $b", "b $c", "c"}, ""},
		{[]string{"a $b $c", "b $c", "c"}, ""}, // two paths to one
		{[]string{"a $gone"}, ""},
		{[]string{"a $a"}, ""}, // which the UI ignores
		{[]string{"z $a", "a $b", "b $c $a", "c"}, "a b a"},
	} {
		if got := strings.Join(dashboard.Cycle(needing(t, c.needs...)), " "); got != c.want {
			t.Errorf("%v: got %q, want %q", c.needs, got, c.want)
		}
	}
}

// A document can hold tens of thousands of variables: keeping the path of every step would take gigabytes.
func TestLongCycle(t *testing.T) {
	const long = 40_000
	needs := make([]string, long)
	for i := range needs {
		needs[i] = fmt.Sprintf("v%d $v%d", i, (i+1)%long)
	}
	variables := needing(t, needs...)
	allocated := testing.AllocsPerRun(1, func() {
		if got := dashboard.Cycle(variables); len(got) != long+1 || got[0] != "v0" || got[long] != "v0" {
			t.Errorf("got %d names", len(got))
		}
	})
	if limit := 20.0 * long; allocated > limit {
		t.Errorf("it allocates %.0f times, more than %.0f", allocated, limit)
	}
}
