package perses

import (
	"cmp"
	"encoding/json"
	"net/http"

	"github.com/perses/perses/pkg/client/perseshttp"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// Create stores a document that must not exist yet, sent byte for byte, and returns it as Perses has stored it.
func (c *Client) Create(r Ref, document json.RawMessage) (json.RawMessage, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	return c.store(document, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return scopedTo(rest.Post(), r)
	})
}

// Replace stores a document over the one that has its name, sent byte for byte, and returns it as Perses has stored it.
func (c *Client) Replace(r Ref, document json.RawMessage) (json.RawMessage, error) {
	if err := CheckName("name", r.Name); err != nil {
		return nil, err
	}
	if err := r.Check(); err != nil {
		return nil, err
	}
	return c.store(document, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return scopedTo(rest.Put(), r).Name(r.Name)
	})
}

// CanValidate tells the kinds for which Perses has a validation that stores nothing.
func CanValidate(k Kind) bool {
	switch k {
	case modelv1.KindDashboard, modelv1.KindDatasource, modelv1.KindGlobalDatasource, modelv1.KindVariable, modelv1.KindGlobalVariable:
		return true
	}
	return false
}

// CheckDocument asks Perses whether it would take a document of a kind that it can validate.
func (c *Client) CheckDocument(k Kind, document json.RawMessage) error {
	_, err := c.exchange(document, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Post().APIVersion("").Resource("validate/" + modelv1.PluralKindMap[k])
	})
	return err
}

// MigrateGrafana lets Perses make a dashboard of one of Grafana. Nothing is stored: what comes back is the document, its
// name Grafana's uid and its project empty.
func (c *Client) MigrateGrafana(dashboard json.RawMessage) (json.RawMessage, error) {
	migrated, err := c.exchange(Marshal(map[string]json.RawMessage{"grafanaDashboard": dashboard}), func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Post().APIVersion("").Resource("migrate")
	})
	if err != nil {
		return nil, err
	}
	// Some of its failures come with a status of success.
	if answer := gjson.ParseBytes(migrated); answer.Get("kind").Str != string(modelv1.KindDashboard) || !answer.Get("spec").IsObject() {
		return nil, &problem.Error{Status: http.StatusBadRequest, Message: problem.Condense(cmp.Or(answer.Get("message").Str, "what came of it is no dashboard"))}
	}
	return migrated, nil
}
