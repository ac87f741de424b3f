package persestest

import (
	"os"
	"regexp"
	"testing"
)

// TestVersionsMatchGoMod checks that the tests run against the Perses whose client, and the Prometheus whose PromQL, is compiled
// in.
func TestVersionsMatchGoMod(t *testing.T) {
	goMod, err := os.ReadFile("../../go.mod")
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range append([]module{prometheus}, cueModules...) {
		required := regexp.MustCompile(`(?m)^\s+` + regexp.QuoteMeta(m.path) + ` (\S+)`).FindSubmatch(goMod)
		switch {
		case required == nil && (m == perses || m == prometheus):
			t.Errorf("go.mod does not require %s", m.path)
		case required != nil && string(required[1]) != m.version:
			t.Errorf("%s is %s here, but %s in go.mod", m.path, m.version, required[1])
		}
	}
}

func TestCacheKeyDependsOnTheVersion(t *testing.T) {
	next := module{perses.path, "v0.55.0"}
	if key := cacheKey("perses", perses); key == cacheKey("perses", next) {
		t.Errorf("%s and %s have the same key, %s", perses, next, key)
	}
}
