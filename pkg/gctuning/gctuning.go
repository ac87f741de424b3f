// Package gctuning tunes the garbage collector of the process that imports it, as a side effect of its initialization.
//
// Doing so in main would be too late: before main begins, packages allocate more than 4 MB, which triggers a collection that
// takes a quarter of the startup time. Go initializes packages in the order of their import paths, after their dependencies
// (https://go.dev/doc/go1.21#language). This package has almost none, so it comes before those that allocate most.
package gctuning

import (
	"os"
	"runtime/debug"
)

// Little memory is in use between calls, so collecting garbage less often costs little memory and saves a good part of each
// call's time. The memory limit includes live memory, which the limits in pkg/server and pkg/perses bound: a call that works
// on a 4 MB document uses up to 70 MB. With a limit close to that, the collector would take most of the call's CPU time.
const (
	gcPercent   = 150
	memoryLimit = 96 << 20 // bytes
)

// The environment variables GOGC and GOMEMLIMIT override the defaults above.
func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}
