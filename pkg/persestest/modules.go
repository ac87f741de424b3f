package persestest

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
)

// Version is the version of Perses that the tests run against: the one whose client go.mod requires.
const Version = "v0.54.0"

// module is a Go module at one version. Most are taken for the CUE in them, not for their Go.
type module struct{ path, version string }

// perses is the module of the server.
var perses = module{"github.com/perses/perses", Version}

// PrometheusVersion is the version of the module of Prometheus that the tests run against, that of Prometheus 3.5.0, unless
// another Prometheus is on the PATH.
const PrometheusVersion = "v0.305.0"

// prometheus is the module of that server.
var prometheus = module{"github.com/prometheus/prometheus", PrometheusVersion}

// plugins are the plugin modules that the server loads. Each is one Go module, which Perses knows by a name of its own.
var plugins = []struct {
	name string
	module
}{
	{"BarChart", module{"github.com/perses/plugins/barchart", "v0.11.1"}},
	{"GaugeChart", module{"github.com/perses/plugins/gaugechart", "v0.12.1"}},
	{"LogsTable", module{"github.com/perses/plugins/logstable", "v0.2.1"}},
	{"Loki", module{"github.com/perses/plugins/loki", "v0.5.1"}},
	{"Markdown", module{"github.com/perses/plugins/markdown", "v0.11.1"}},
	{"Prometheus", module{"github.com/perses/plugins/prometheus", "v0.57.1"}},
	{"StatChart", module{"github.com/perses/plugins/statchart", "v0.12.1"}},
	{"StaticListVariable", module{"github.com/perses/plugins/staticlistvariable", "v0.8.1"}},
	{"TimeSeriesChart", module{"github.com/perses/plugins/timeserieschart", "v0.12.1"}},
}

// cueModules hold, each in a folder cue, what the schemas of the plugins import.
var cueModules = []module{
	perses,
	{"github.com/perses/shared", "v0.54.0"},
	{"github.com/perses/spec", "v0.2.0-rc.0"},
}

// pluginModules are all the modules of which the plugins' folders are made.
func pluginModules() []module {
	modules := slices.Clone(cueModules)
	for _, p := range plugins {
		modules = append(modules, p.module)
	}
	return modules
}

// recipe is to be raised when something else is made of the same modules, so that what is cached is made anew.
const recipe = 1

// cacheKey names what is made of the modules. Another version of any of them gives another name.
func cacheKey(what string, modules ...module) string {
	sum := sha256.Sum256(fmt.Append(nil, recipe, runtime.GOOS, runtime.GOARCH, modules))
	return fmt.Sprintf("%s-%x", what, sum[:6])
}
