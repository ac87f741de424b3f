package persestest

import (
	"crypto/sha256"
	"fmt"
	"runtime"
	"slices"
)

// Version is the version of Perses that the tests run against, and of its client in go.mod.
const Version = "v0.54.0"

// module is a Go module at one version. Most are used for their CUE files, not for their Go code.
type module struct{ path, version string }

// perses is the module of the server.
var perses = module{"github.com/perses/perses", Version}

// PrometheusVersion is the version of the Prometheus module (Prometheus 3.5.0) that the tests run against, unless a Prometheus is
// on the PATH.
const PrometheusVersion = "v0.305.0"

// prometheus is the module of Prometheus.
var prometheus = module{"github.com/prometheus/prometheus", PrometheusVersion}

// plugins are the plugin modules that Perses loads, with the names that Perses gives them.
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

// cueModules contain what the schemas of the plugins import, in a folder named cue.
var cueModules = []module{
	perses,
	{"github.com/perses/shared", "v0.54.0"},
	{"github.com/perses/spec", "v0.2.0-rc.0"},
}

// pluginModules returns the modules that the plugins are assembled from.
func pluginModules() []module {
	modules := slices.Clone(cueModules)
	for _, p := range plugins {
		modules = append(modules, p.module)
	}
	return modules
}

// recipe invalidates the cache: raise it when something else is built from the same modules.
const recipe = 1

// cacheKey returns the name of what is built from the modules. It changes with the version of any of them.
func cacheKey(what string, modules ...module) string {
	sum := sha256.Sum256(fmt.Append(nil, recipe, runtime.GOOS, runtime.GOARCH, modules))
	return fmt.Sprintf("%s-%x", what, sum[:6])
}
