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
func (c *Client) fetch(r Ref, q query) (json.RawMessage, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	return c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return scopedTo(rest.Get(), r).Name(r.Name).Query(q)
	})
}

// scopedTo lets a request be about the documents of a kind, in their project.
func scopedTo(request *perseshttp.Request, r Ref) *perseshttp.Request {
	request = request.Resource(modelv1.PluralKindMap[r.Kind])
	if !modelv1.IsGlobal(r.Kind) {
		request = request.Project(r.Project)
	}
	return request
}

// exchange sends a request, with this body if there is one, and returns the answer once it is known to be JSON; an empty
// one is nil.
//
// The REST client makes the request and judges its outcome, but the bodies are taken out of its hands: it sends and gives
// one away only through encoding/json, which copies them, reads them twice more and writes < as \u003c. For a document that
// is passed on as it is, that cost more than all else that is done with it.
func (c *Client) exchange(sent []byte, request func(*perseshttp.RESTClient) *perseshttp.Request) (json.RawMessage, error) {
	taken := &bodyTaker{next: c.RESTClient().Client.Transport, sent: sent}
	rest := &perseshttp.RESTClient{BaseURL: c.RESTClient().BaseURL, Headers: c.RESTClient().Headers, Client: &http.Client{Transport: taken}}
	if err := request(rest).Do().Error(); err != nil {
		return nil, err
	}
	if len(taken.body) == 0 && sent != nil || gjson.ValidBytes(taken.body) {
		return taken.body, nil
	}
	var document json.RawMessage
	err := json.Unmarshal(taken.body, &document) // which says what is wrong
	return document, err
}

// bodyTaker is the transport of one request that puts a body into it and keeps that of its answer.
type bodyTaker struct {
	next       http.RoundTripper
	sent, body []byte
}

func (t *bodyTaker) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.sent != nil {
		r = r.Clone(r.Context())
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(t.sent)), int64(len(t.sent))
		r.Header.Set("Content-Type", "application/json")
	}
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
