package perses

import (
	"context"
	"net/http"
	"sync"

	"golang.org/x/oauth2"
	"golang.org/x/sync/singleflight"
)

// tokenTransport sends a token with every request and fetches the next one when it has ended. The transport
// of oauth2 is not used because it fetches under a lock: a login that hangs would make calls wait for one
// another, each beyond its own deadline.
type tokenTransport struct {
	next   http.RoundTripper
	source oauth2.TokenSource
	flight singleflight.Group

	mu   sync.Mutex
	last *oauth2.Token
}

// withToken sends with the requests that go to next a token of source.
func withToken(next http.RoundTripper, source oauth2.TokenSource) http.RoundTripper {
	return &tokenTransport{next: next, source: source}
}

func (t *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := t.token(r.Context())
	if err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // as a RoundTripper must
		}
		return nil, err
	}
	r = r.Clone(r.Context())
	token.SetAuthHeader(r)
	return t.next.RoundTrip(r)
}

// token returns the last token, or fetches one for all calls that wait; each waits as long as it may.
func (t *tokenTransport) token(ctx context.Context) (*oauth2.Token, error) {
	t.mu.Lock()
	last := t.last
	t.mu.Unlock()
	if last.Valid() {
		return last, nil
	}
	fetched := t.flight.DoChan("", func() (any, error) {
		token, err := t.source.Token()
		if err == nil {
			t.mu.Lock()
			t.last = token
			t.mu.Unlock()
		}
		return token, err
	})
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-fetched:
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*oauth2.Token), nil
	}
}
