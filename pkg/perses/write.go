package perses

import (
	"encoding/json"

	"github.com/perses/perses/pkg/client/perseshttp"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
)

// Put writes a document over the one of its name, byte for byte as it is given, and returns what Perses has stored. The
// types of the client would drop what a newer Perses has added; of what Perses itself does not know, it keeps nothing.
func (c *Client) Put(r Ref, document json.RawMessage) (stored json.RawMessage, err error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	if err := CheckName("name", r.Name); err != nil {
		return nil, err
	}
	return isJSON(c.exchange(document, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Put().Resource(modelv1.PluralKindMap[r.Kind]).Project(projectOf(r)).Name(r.Name)
	}))
}

// ValidateDashboard has Perses say whether it would take a dashboard, which is sent as it is given.
func (c *Client) ValidateDashboard(document json.RawMessage) error {
	_, err := c.exchange(document, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Post().APIVersion("").Resource("validate/dashboards")
	})
	return err
}
