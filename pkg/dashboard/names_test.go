package dashboard_test

import (
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/dashboard"
)

func TestNames(t *testing.T) {
	long := strings.Repeat("a", dashboard.MaxName)
	for text, want := range map[string]struct{ name, key, variable bool }{
		"a": {true, true, true}, "A_9": {true, true, true}, long: {true, true, true},
		"a-b": {true, true, false}, "12": {true, true, false}, "__x": {true, true, false}, "a.b": {true, false, false},
		"": {}, "a b": {}, "ü": {}, "a\n": {}, "a/b": {}, long + "a": {},
	} {
		if name, key, variable := dashboard.IsName(text), dashboard.IsKey(text), dashboard.CheckVariable(text) == nil; name != want.name || key != want.key || variable != want.variable {
			t.Errorf("%q: got %v, %v, %v", text, name, key, variable)
		}
	}
}

func TestKeyFrom(t *testing.T) {
	for text, want := range map[string]string{"CPU usage (%)": "CPU-usage", "a.b": "a-b", "-a_": "a", "ü": "", strings.Repeat("a", 99): strings.Repeat("a", dashboard.MaxName)} {
		if got := dashboard.KeyFrom(text, "-"); got != want || got != "" && !dashboard.IsKey(got) {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
