package perses

import (
	"encoding/json"
	"errors"
	"net/http"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// ValidateDashboard has Perses validate a dashboard as it is, without decoding it before: what the types of the client
// drop or panic over is what there is to be found. It returns what Perses finds wrong; an error means that it did not
// validate it at all.
func (c *Client) ValidateDashboard(document json.RawMessage) ([]problem.Fault, error) {
	err := c.CheckDocument(modelv1.KindDashboard, document)
	var refused *problem.Error
	switch {
	case err == nil:
		return nil, nil
	case !errors.As(err, &refused):
		return nil, err
	case refused.Status == http.StatusInternalServerError:
		return []problem.Fault{{What: "Perses fails on it (" + refused.Error() + ")." + nullHint(Ref{Name: "it"}, refused)}}, nil
	case refused.Status == http.StatusBadRequest && len(refused.Faults) > 0:
		return refused.Faults, nil
	}
	return nil, err
}
