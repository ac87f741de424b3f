package perses

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/http"
)

const (
	// maxBody is how much a call reads of Perses. It is far above any document; decoded and encoded again, it
	// takes some ten times as much memory.
	maxBody = 8 << 20
	// maxErrorBody is how much of an answer that is an error is read. Of a wrong unit alone CUE says forty kilobytes.
	maxErrorBody = 1 << 20
)

// boundTransport sends the requests of one call. The client of Perses can be given no context, reads
// bodies without a bound, follows redirects with the credentials, and puts fixed words in the place of
// Perses' own for three kinds of failure: all four end here.
type boundTransport struct {
	ctx  context.Context
	next http.RoundTripper
	read *reading // of the call; nil where the answer is bounded by who reads it
	// wrote is called with the outcome of each request; it may be nil.
	wrote func(*http.Request, *http.Response, error)
}

// RoundTrip turns every answer that is not a success into an *Error. A redirect counts as one: what it
// points to may be another host, to which no credentials must go.
func (t boundTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r.WithContext(t.ctx))
	if t.wrote != nil {
		t.wrote(r, response, err)
	}
	if err != nil {
		return nil, err
	}
	if response.StatusCode >= http.StatusMultipleChoices || isHTML(response) {
		defer func() { _ = response.Body.Close() }()
		return nil, errorOf(response, r).about(r)
	}
	if t.read == nil {
		return response, nil
	}
	if response.ContentLength > maxBody {
		_ = response.Body.Close()
		return nil, tooLarge{persesMost, fmt.Sprintf(" (%d bytes)", response.ContentLength)}
	}
	response.Body = boundBody{response.Body, t.read}
	return response, nil
}

// isHTML tells the answer of something that is not Perses' API: a login page, a proxy's error, its UI.
func isHTML(r *http.Response) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media == "text/html"
}

// Error is an answer of Perses that is not a success.
type Error struct {
	Status   int     // the HTTP status
	Message  string  // what Perses said, without its repetitions; "" if it said nothing
	Faults   []Fault // the same of a document that it refused, one by one and all of them
	Location string  // where a redirect points to
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("status %d: %s", e.Status, e.Message)
}

func errorOf(response *http.Response, r *http.Request) *Error {
	e := &Error{Status: response.StatusCode, Location: response.Header.Get("Location")}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxErrorBody))
	var said struct {
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(body, &said) == nil:
		e.Faults = faultsOf(unrepeated(said.Message, r))
		e.Message = joined(e.Faults)
	case isHTML(response):
		e.Message = "an HTML page, not the JSON of Perses' API"
	default:
		e.Message = condense(unrepeated(string(bytes.ToValidUTF8(body, []byte("?"))), r))
	}
	return e
}
