package perses_test

import (
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/perses"
)

func TestOutdated(t *testing.T) {
	for version, want := range map[string]bool{
		"0.53.1": true, "v0.53.1": true, "0.9.0": true, "0.54.0-rc.1": true, "0.54.0-beta.0": true, "0.53.0+build.1": true,
		"0.54.0": false, "v0.54.0": false, "0.54.1-rc.0": false, "0.60.0": false, "1.0.0": false, "0.54.0+build": false,
		// Whether a build of a commit has the fixes, its version does not tell.
		"": false, "unknown": false, "main": false, "0.53": false, "0.053.1": false, "0.53.1-12-gabc1234": false, "v0.0.0-20260101000000-abcdefabcdef": false, "0.53.1 <b>": false,
	} {
		if got := perses.Outdated(version); got != "" != want || want && !strings.Contains(got, "Perses "+version+" is older than 0.54.0") {
			t.Errorf("%q: got %q", version, got)
		}
	}
}
