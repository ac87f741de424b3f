package perses

import (
	"io"
	"net/http"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// cycleFault is Perses' fault for variables that refer to each other. Perses does not name them.
const cycleFault = "variables form a cycle"

// about names the variables of a cycle, which it finds in the dashboard that the request sent.
func (e *Error) about(r *http.Request) *Error {
	at := slices.IndexFunc(e.Faults, func(f Fault) bool { return f.What == cycleFault })
	if at < 0 || r.GetBody == nil {
		return e
	}
	body, err := r.GetBody()
	if err != nil {
		return e
	}
	document, err := io.ReadAll(body)
	if err != nil {
		return e
	}
	d, err := dashboard.Parse(document)
	if err != nil {
		return e
	}
	if cycle := dashboard.Cycle(d.Variables); cycle != nil {
		e.Faults[at].What = "variables " + dashboard.DescribeCycle(cycle)
		e.Message = joined(e.Faults)
	}
	return e
}
