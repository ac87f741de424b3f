package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/singleflight"

	"github.com/perses/mcp-server/pkg/perses/endpoint"
)

// loginTimeout bounds a login. A login continues when the call that began it ends, because its token serves all calls.
const loginTimeout = 10 * time.Second

// maxDrained is the maximum number of bytes read from a response that is discarded.
const maxDrained = 1 << 20

// freshTime is how long a new token that Perses never accepted is not replaced when Perses refuses it: it would refuse the next one
// as well.
const freshTime = 10 * time.Second

// token is a token for Perses and its lifetime. It is immutable except for accepted.
type token struct {
	authorization string // the value of the Authorization header
	refresh       string // the refresh token, or ""
	issued        bool   // issued to this process, not found in a file
	// The times use the monotonic clock, so neither a different clock of Perses nor setting the clock matters. renewAt and expiry
	// are zero if the lifetime is unknown.
	received, renewAt, expiry time.Time
	accepted                  atomic.Bool
}

// newToken returns a token with a lifetime that begins now; 0 stands for an unknown lifetime.
func newToken(authorization, refresh string, lifetime time.Duration) *token {
	t := &token{authorization: authorization, refresh: refresh, received: time.Now()}
	if lifetime != 0 {
		early := min(max(lifetime, 0)/4, time.Minute)
		t.renewAt = t.received.Add(lifetime - early)
		t.expiry = t.received.Add(lifetime - early/4) // a request takes time to arrive
	}
	return t
}

func (t *token) isExpired(now time.Time) bool { return !t.expiry.IsZero() && !now.Before(t.expiry) }
func (t *token) needsRenewal(now time.Time) bool {
	return !t.renewAt.IsZero() && !now.Before(t.renewAt)
}

// isReplaceable reports whether another token may help when the response to r is 401. A datasource behind Perses' proxy can also
// answer 401, for its own reasons, to every request.
func (t *token) isReplaceable(r *http.Request) bool {
	if !t.issued || time.Since(t.received) >= freshTime {
		return true
	}
	return t.accepted.Load() && !endpoint.IsProxied(r)
}

// source supplies the tokens of an identity.
type source interface {
	// changed reports whether there may be a newer token than the last one that next returned. It is cheap.
	changed() bool
	// next returns the token to use after last, which is nil at first. If renew is set, last has expired, will soon expire or was
	// refused. Otherwise last is good, and next returns it unless there is a newer one. It is not called concurrently with the
	// same value of renew. ctx does not belong to a call.
	next(ctx context.Context, last *token, renew bool) (*token, error)
}

// sessionEndedError is the error of a source whose last token must not be used any more.
type sessionEndedError struct{ error }

// NotSentError is the error of a request that Perses did not carry out, because there was no token that it accepts.
type NotSentError struct{ error }

// Unwrap returns why there is no token.
func (e NotSentError) Unwrap() error { return e.error }

// tokenTransport sends a token with every request. It fetches a new one before the token expires and when Perses refuses it. The
// transport of oauth2 is not used because it holds a lock while it fetches: during a slow login, calls would wait beyond their own
// deadlines.
type tokenTransport struct {
	next   http.RoundTripper
	source source
	flight singleflight.Group

	mu         sync.Mutex
	last       *token
	retryAfter time.Time // when a renewal that failed is tried again
}

func (t *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := t.token(r.Context())
	if err != nil {
		closeBody(r)
		return nil, NotSentError{err}
	}
	response, err := t.next.RoundTrip(withAuthorization(r, token.authorization))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusUnauthorized {
		token.accepted.Store(true)
		return response, nil
	}
	if !token.isReplaceable(r) || r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return response, nil
	}
	// Perses did not carry out the request, so it is safe to send it again, even if it writes.
	other, err := t.fetch(r.Context(), token, true)
	if err == nil && other.authorization == token.authorization {
		return response, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxDrained)) // so that the connection can be reused
	_ = response.Body.Close()
	if err != nil {
		return nil, NotSentError{fmt.Errorf("the last token is no longer accepted, and there is no new one: %w", err)}
	}
	again := withAuthorization(r, other.authorization)
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	response, err = t.next.RoundTrip(again)
	if err == nil && response.StatusCode != http.StatusUnauthorized {
		other.accepted.Store(true)
	}
	return response, err
}

// token returns a valid token. It does not wait for the renewal of a token that is still valid.
func (t *tokenTransport) token(ctx context.Context) (*token, error) {
	t.mu.Lock()
	last, retryAfter := t.last, t.retryAfter
	t.mu.Unlock()
	now := time.Now()
	switch {
	case last == nil:
		return t.fetch(ctx, nil, false)
	case t.source.changed():
		next, err := t.fetch(ctx, last, false)
		if err == nil {
			last = next
		}
		if errors.As(err, new(sessionEndedError)) {
			return nil, err
		}
		if last.isExpired(now) { // the new token may have expired, too
			return t.fetch(ctx, last, true)
		}
	case last.isExpired(now):
		return t.fetch(ctx, last, true)
	case last.needsRenewal(now) && now.After(retryAfter):
		t.begin(last, true)
	}
	return last, nil
}

// fetch waits for the token after last. Concurrent calls share one fetch, and each waits until its own deadline.
func (t *tokenTransport) fetch(ctx context.Context, last *token, renew bool) (*token, error) {
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case result := <-t.begin(last, renew):
		if result.Err != nil {
			return nil, result.Err
		}
		return result.Val.(*token), nil
	}
}

// begin starts to fetch the token after last, unless a fetch is in progress or has already finished.
func (t *tokenTransport) begin(last *token, renew bool) <-chan singleflight.Result {
	reason := "check"
	if renew {
		reason = "renew"
	}
	return t.flight.DoChan(reason, func() (any, error) {
		t.mu.Lock()
		known := t.last
		t.mu.Unlock()
		if known != last {
			return known, nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), loginTimeout)
		defer cancel()
		next, err := t.source.next(ctx, last, renew)
		t.mu.Lock()
		defer t.mu.Unlock()
		switch {
		case t.last != last: // another fetch, for the other reason, was faster
			return t.last, nil
		case err != nil && last != nil && !last.expiry.IsZero():
			t.retryAfter = time.Now().Add(last.expiry.Sub(last.renewAt) / 8)
		case err == nil:
			t.last = next
		}
		return next, err
	})
}
