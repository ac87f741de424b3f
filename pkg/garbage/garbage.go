// Package garbage says how often garbage is collected. Importing it is enough: that is done as it is initialized.
//
// It is not done in main because packages allocate more than four megabytes before main begins, at which the first collection
// would come: a quarter of the time that a start takes. Packages are initialized in the order of their import paths as far as
// they do not depend on others (https://go.dev/doc/go1.21#language), so this one, which depends on next to nothing, comes
// before those that allocate most.
package garbage

import (
	"os"
	"runtime/debug"
)

// Little is in use between calls, so collecting garbage less often costs little memory and gives back a good part
// of each call's time (make bench). What garbage may add to, in bytes, is bounded; what is in use counts too: see
// the bounds of pkg/server and pkg/perses. GOGC and GOMEMLIMIT win.
//
// A call that works on a document of 4 MB has up to 70 MB in use. With a limit near that, collecting garbage takes
// most of the CPU time of the call.
const (
	percent = 150
	memory  = 96 << 20
)

func init() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memory)
	}
}
