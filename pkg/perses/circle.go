package perses

import (
	"io"
	"net/http"
	"slices"

	"github.com/perses/mcp-server/pkg/dashboard"
)

// inCircle is what Perses finds wrong with variables without a word of which.
const inCircle = "variables depend on one another in a circle"

// about names the variables of a circle, as the dashboard has them that Perses has refused.
func (e *Error) about(r *http.Request) *Error {
	at := slices.IndexFunc(e.Faults, func(f Fault) bool { return f.What == inCircle })
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
	if circle := dashboard.Circle(d.Variables); circle != nil {
		e.Faults[at].What = "variables " + dashboard.SayCircle(circle)
		e.Message = joined(e.Faults)
	}
	return e
}
