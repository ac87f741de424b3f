package perses

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/work"
)

// Ask sends a request that only reads to a datasource, below the path that Proxy has returned for it, and returns the
// answer's status and body, whatever the status: what a datasource says of a failure is in there. The request's URL has only
// a path and a query, both those of the datasource's API.
//
// At most limit bytes of the answer are read, or MaxAnswer if limit is 0. An answer that takes much memory takes its turn, which lasts until ctx ends: end it when the answer has been dealt with.
// With an error there is none to deal with, and the turn ends at once. Nothing is asked once the budget of the call is spent.
func (c *Client) Ask(ctx context.Context, proxy string, r *http.Request, limit int) (status int, answer []byte, err error) {
	if err := c.Work.Err(); err != nil {
		return 0, nil, err
	}
	attempt := 0
	body, err := again(ctx, c.Server, func() ([]byte, error) {
		sent := r.Clone(ctx)
		if attempt++; attempt > 1 && r.GetBody != nil {
			if sent.Body, err = r.GetBody(); err != nil {
				return nil, err
			}
			// The body then says itself where it ends. Under load the proxy of Perses cuts off about one answer to a POST in a
			// thousand: net/http closes the body of the request as the answer begins, and a transport that looks only then
			// whether the body has ended takes that for a failure. Without a length it does not.
			sent.ContentLength = -1
		}
		var body []byte
		status, body, err = c.ask(ctx, proxy, sent, limit)
		return body, err
	})
	if err != nil {
		return 0, nil, err
	}
	return status, body, nil
}

// ask is one attempt of Ask.
func (c *Client) ask(ctx context.Context, proxy string, sent *http.Request, limit int) (status int, answer []byte, err error) {
	path, query := sent.URL.Path, sent.URL.RawQuery
	// Not JoinPath, which would clean the path of the datasource.
	sent.URL = &url.URL{Scheme: c.url.Scheme, Host: c.url.Host, Path: strings.TrimSuffix(c.url.Path, "/") + proxy + path, RawQuery: query}
	sent.Host = ""
	for name, value := range c.headers {
		sent.Header.Set(name, value)
	}
	response, err := c.bound.next.RoundTrip(sent)
	if err != nil {
		return 0, nil, err
	}
	defer func() { _ = response.Body.Close() }()
	switch {
	case response.StatusCode >= http.StatusMultipleChoices && response.StatusCode < http.StatusBadRequest:
		return 0, nil, noAnswer(response, "it redirects to %s, which is not followed: its address in the datasource must be the one that answers", response.Header.Get("Location"))
	case problem.IsHTML(response):
		return 0, nil, noAnswer(response, "it answers with status %d and an HTML page, which is no answer of its API: the address in the datasource may be wrong", response.StatusCode)
	}
	turn, end := context.WithCancel(ctx)
	defer func() {
		if err != nil {
			end()
		}
	}()
	limits := datasourceLimits
	limits.maxBytes = min(cmp.Or(limit, MaxAnswer), MaxAnswer)
	quota := &bodyQuota{ctx: turn, pool: c.data, limits: limits}
	var body bytes.Buffer
	if response.ContentLength > 0 && response.ContentLength <= int64(limits.maxBytes) {
		body.Grow(int(response.ContentLength) + bytes.MinRead)
	}
	if _, err := body.ReadFrom(paidBody{boundBody{response.Body, quota}, c.Work}); err != nil {
		return 0, nil, err
	}
	return response.StatusCode, body.Bytes(), nil
}

// paidBody is a body that is paid for as it is received.
type paidBody struct {
	io.Reader
	budget *work.Budget
}

func (b paidBody) Read(p []byte) (int, error) {
	const bytesPerUnit = 3
	n, err := b.Reader.Read(p)
	if !b.budget.Spend(n / bytesPerUnit) {
		return 0, b.budget.Err()
	}
	return n, err
}

// NoAnswer is the error of an answer that is none of a datasource's API.
type NoAnswer struct {
	reason string
	status int
}

func (e *NoAnswer) Error() string { return e.reason }

func noAnswer(response *http.Response, format string, args ...any) error {
	return &NoAnswer{fmt.Sprintf(format, args...), response.StatusCode}
}
