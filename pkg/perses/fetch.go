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
	var body []byte
	err := c.take(c.bound, r, q, func(answer io.Reader) (err error) {
		body, err = io.ReadAll(answer)
		body = bytes.TrimSpace(body)
		return err
	})
	if err != nil {
		return nil, err
	}
	if gjson.ValidBytes(body) {
		return body, nil
	}
	var document json.RawMessage
	err = json.Unmarshal(body, &document) // which says what is wrong
	return document, err
}

// take sends a GET of documents and hands the body of a successful answer to read.
func (c *Client) take(through http.RoundTripper, r Ref, q query, read func(body io.Reader) error) error {
	if err := r.Check(); err != nil {
		return err
	}
	rest := &perseshttp.RESTClient{BaseURL: c.RESTClient().BaseURL, Headers: c.RESTClient().Headers, Client: &http.Client{Transport: bodyTaker{through, read}}}
	request := rest.Get().Resource(modelv1.PluralKindMap[r.Kind]).Name(r.Name).Query(q)
	if !modelv1.IsGlobal(r.Kind) {
		request = request.Project(r.Project)
	}
	return request.Do().Error()
}

// bodyTaker is the transport of one request whose body is read here.
type bodyTaker struct {
	next http.RoundTripper
	read func(body io.Reader) error
}

func (t bodyTaker) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r)
	if err != nil {
		return nil, err
	}
	err = t.read(response.Body)
	_ = response.Body.Close()
	if err != nil {
		return nil, err
	}
	response.Body = http.NoBody
	return response, nil
}
