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

// exchange sends a request that stores nothing, with this body if there is one, and returns the answer once it is known to
// be JSON; an empty one to what was sent is nil.
func (c *Client) exchange(sent []byte, request func(*perseshttp.RESTClient) *perseshttp.Request) (json.RawMessage, error) {
	return c.send(sent, false, request)
}

// store sends a request with a document that it stores, once.
func (c *Client) store(document []byte, request func(*perseshttp.RESTClient) *perseshttp.Request) (json.RawMessage, error) {
	return c.send(document, true, request)
}

func (c *Client) send(sent []byte, stores bool, request func(*perseshttp.RESTClient) *perseshttp.Request) (json.RawMessage, error) {
	var body []byte
	err := c.through(bodyTaker{next: c.bound, sent: sent, stores: stores, read: func(answer io.Reader) (err error) {
		body, err = io.ReadAll(answer)
		body = bytes.TrimSpace(body)
		return err
	}}, request)
	if err != nil {
		return nil, err
	}
	if len(body) == 0 && sent != nil || gjson.ValidBytes(body) {
		return body, nil
	}
	var document json.RawMessage
	err = json.Unmarshal(body, &document) // which says what is wrong
	return document, err
}

// take sends a GET of documents and hands the body of a successful answer to read: from the beginning each time, if an answer
// breaks off and is asked for again.
func (c *Client) take(next http.RoundTripper, r Ref, q query, read func(body io.Reader) error) error {
	if err := r.Check(); err != nil {
		return err
	}
	return c.through(bodyTaker{next: next, read: read}, func(rest *perseshttp.RESTClient) *perseshttp.Request {
		return scopedTo(rest.Get(), r).Name(r.Name).Query(q)
	})
}

// through sends a request whose bodies go through taker.
//
// The REST client makes the request and judges its outcome, but the bodies are taken out of its hands: it sends and gives
// one away only through encoding/json, which copies them, reads them twice more and writes < as \u003c. For a document that
// is passed on as it is, that cost more than all else that is done with it.
func (c *Client) through(taker bodyTaker, request func(*perseshttp.RESTClient) *perseshttp.Request) error {
	taker.client = c
	rest := &perseshttp.RESTClient{BaseURL: c.RESTClient().BaseURL, Headers: c.RESTClient().Headers, Client: &http.Client{Transport: taker}}
	return request(rest).Do().Error()
}

// bodyTaker is the transport of one request into which a body is put here, if there is one, and whose answer is read here.
type bodyTaker struct {
	client *Client
	next   http.RoundTripper
	sent   []byte
	stores bool // then it is never sent again
	read   func(body io.Reader) error
}

func (t bodyTaker) RoundTrip(r *http.Request) (*http.Response, error) {
	if t.stores {
		response, err := t.once(r)
		t.client.outage.heard(err)
		return response, err
	}
	return again(t.client.ctx, t.client.Server, func() (*http.Response, error) { return t.once(r) })
}

func (t bodyTaker) once(r *http.Request) (*http.Response, error) {
	if t.sent != nil {
		r = r.Clone(r.Context())
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(t.sent)), nil }
		r.Body, _ = r.GetBody()
		r.ContentLength = int64(len(t.sent))
		r.Header.Set("Content-Type", "application/json")
	}
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
