package panel

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/query"
)

// TimeoutError is the error of a datasource that did not answer in the time that a run has for it.
type TimeoutError struct {
	Datasource string
	After      time.Duration // from the start of the run, so that it is the same for all its queries
}

func (e *TimeoutError) Error() string {
	return fmt.Sprintf("datasource %q did not answer within %.3g seconds", e.Datasource, e.After.Seconds())
}

// UnsupportedError is the error of a query whose plugin cannot be run.
type UnsupportedError struct{ Plugin string }

func (e *UnsupportedError) Error() string {
	var names []string
	for _, p := range dashboard.QueryPlugins() {
		if query.HasLanguage(p.Datasource) {
			names = append(names, p.Name)
		}
	}
	slices.Sort(names)
	return fmt.Sprintf("a query of the plugin %q cannot be run here; these can: %s", e.Plugin, strings.Join(names, ", "))
}

// VariableError is the error of a query that needs a variable without a value.
type VariableError struct {
	Name string
	Err  error // why the variable has no value
}

func (e *VariableError) Error() string {
	return fmt.Sprintf("it needs the variable %s: %v", e.Name, e.Err)
}
func (e *VariableError) Unwrap() error { return e.Err }
