package perses

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"

	"github.com/perses/perses/pkg/client/perseshttp"
	modelv1 "github.com/perses/perses/pkg/model/api/v1"
	"github.com/tidwall/gjson"
)

// fetch returns the answer to a GET of documents as Perses sends it, once it is known to be JSON.
//
// The REST client makes the request and judges its outcome, but the body is taken out of its hands: it gives a body
// away only through encoding/json, which reads it twice more and copies it. For a document that is passed on as it
// is, that cost more than all else that is done with it.
func (c *Client) fetch(r Ref, q query) (json.RawMessage, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	taken := &bodyTaker{next: c.RESTClient().Client.Transport}
	rest := &perseshttp.RESTClient{BaseURL: c.RESTClient().BaseURL, Headers: c.RESTClient().Headers, Client: &http.Client{Transport: taken}}
	request := rest.Get().Resource(modelv1.PluralKindMap[r.Kind]).Name(r.Name).Query(q)
	if !modelv1.IsGlobal(r.Kind) {
		request = request.Project(r.Project)
	}
	if err := request.Do().Error(); err != nil {
		return nil, err
	}
	if gjson.ValidBytes(taken.body) {
		return taken.body, nil
	}
	var document json.RawMessage
	err := json.Unmarshal(taken.body, &document) // which says what is wrong
	return document, err
}

// bodyTaker is the transport of one request that keeps the body of its answer.
type bodyTaker struct {
	next http.RoundTripper
	body []byte
}

func (t *bodyTaker) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	t.body = bytes.TrimSpace(body)
	response.Body = http.NoBody
	return response, nil
}
