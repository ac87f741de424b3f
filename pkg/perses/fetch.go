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
	return isJSON(c.exchange(nil, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return rest.Get().Resource(modelv1.PluralKindMap[r.Kind]).Project(projectOf(r)).Name(r.Name).Query(q)
	}))
}

// isJSON passes an answer on if it is JSON.
func isJSON(answer []byte, err error) (json.RawMessage, error) {
	if err != nil || gjson.ValidBytes(answer) {
		return answer, err
	}
	var document json.RawMessage
	err = json.Unmarshal(answer, &document) // which says what is wrong
	return document, err
}

// projectOf returns the project that the path of a document has.
func projectOf(r Ref) string {
	if modelv1.IsGlobal(r.Kind) {
		return ""
	}
	return r.Project
}

// exchange makes a request, with a body as it is given if that is not nil, and returns the body of the answer as Perses
// sends it.
//
// The REST client makes the request and judges its outcome, but the bodies are taken out of its hands: it takes and gives
// them only through encoding/json, which reads them twice more, copies them, and writes some characters otherwise. For a
// document that is passed on as it is, that cost more than all else that is done with it.
func (c *Client) exchange(body json.RawMessage, request func(*perseshttp.RESTClient) *perseshttp.Request) ([]byte, error) {
	bodies := &bodies{next: c.RESTClient().Client.Transport, sent: body}
	rest := &perseshttp.RESTClient{BaseURL: c.RESTClient().BaseURL, Headers: c.RESTClient().Headers, Client: &http.Client{Transport: bodies}}
	r := request(rest)
	if body != nil {
		r = r.Body(struct{}{}) // in the place of which the body is sent
	}
	if err := r.Do().Error(); err != nil {
		return nil, err
	}
	return bodies.got, nil
}

// bodies is the transport of one request that sends a body of its own, if it has one, and keeps that of the answer.
type bodies struct {
	next      http.RoundTripper
	sent, got []byte
}

func (t *bodies) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.sent != nil {
		r = r.Clone(r.Context())
		r.ContentLength = int64(len(t.sent))
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.sent)), nil }
		r.Body, _ = r.GetBody()
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
	t.got = bytes.TrimSpace(body)
	response.Body = http.NoBody
	return response, nil
}
