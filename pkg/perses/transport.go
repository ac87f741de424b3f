package perses

import (
	"context"
	"fmt"
	"net/http"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// maxBody is the maximum number of bytes that a call reads from Perses. It is far above any document, because a document that is
// decoded and encoded again takes about ten times as much memory.
const maxBody = 8 << 20

// boundTransport sends the requests of one call. The client of Perses takes no context, reads bodies of any size, follows redirects
// with the credentials, and replaces Perses' own message for three kinds of errors. This transport prevents all four.
type boundTransport struct {
	ctx   context.Context
	next  http.RoundTripper
	quota *bodyQuota // of the call; nil if the reader bounds the body itself
	// wrote is called with the outcome of each request; it may be nil.
	wrote func(*http.Request, *http.Response, error)
}

// RoundTrip turns every response that is not a success into a *problem.Error. That includes redirects: their target may be another
// host, which must not get the credentials.
func (t boundTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r.WithContext(t.ctx))
	if t.wrote != nil {
		t.wrote(r, response, err)
	}
	if err != nil {
		return nil, err
	}
	if err := problem.FromResponse(response, r); err != nil {
		return nil, err
	}
	if t.quota == nil {
		return response, nil
	}
	if response.ContentLength > maxBody {
		_ = response.Body.Close()
		return nil, persesLimits.tooLong(fmt.Sprintf(" (%d bytes)", response.ContentLength))
	}
	response.Body = boundBody{response.Body, t.quota}
	return response, nil
}
