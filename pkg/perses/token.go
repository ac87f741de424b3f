package perses

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
)

// freshFor is how long a token that Perses has never accepted is not replaced because Perses refuses it: what refuses a
// token that was fetched just now will refuse the next one, too.
const freshFor = 10 * time.Second

// token is a token as Perses sees it, and what is known of its life. It does not change but for proven.
type token struct {
	authorization string // the value of the header
	refresh       string // the token for the next one; "" for none
	fetched       bool   // was made for this process just now, rather than found somewhere
	// The times have monotonic readings: another clock than that of Perses, or one that is set, changes nothing.
	from, due, until time.Time // the last two are zero if nobody says how long it holds
	proven           atomic.Bool
}

// newToken returns a token that holds for so long from now on; 0 stands for an unknown time.
func newToken(authorization, refresh string, holds time.Duration) *token {
	t := &token{authorization: authorization, refresh: refresh, from: time.Now()}
	if holds != 0 {
		early := min(max(holds, 0)/4, time.Minute)
		t.due = t.from.Add(holds - early)
		t.until = t.from.Add(holds - early/4) // a request takes its time
	}
	return t
}

func (t *token) ended(now time.Time) bool { return !t.until.IsZero() && !now.Before(t.until) }
func (t *token) isDue(now time.Time) bool { return !t.due.IsZero() && !now.Before(t.due) }

// refusable tells whether that Perses refuses the token for this request is a reason to get another one. A datasource
// behind Perses' proxy refuses, too, for reasons of its own, and again and again.
func (t *token) refusable(r *http.Request) bool {
	if !t.fetched || time.Since(t.from) >= freshFor {
		return true
	}
	return t.proven.Load() && !proxied(r)
}

// source is where the tokens of an identity come from.
type source interface {
	// changed tells, at little cost, whether there may be another token than the last one that next has returned.
	changed() bool
	// next returns the token to use after last, which is nil at first. If renew, last has ended, is about to, or was refused;
	// else it is good, and is returned again unless there is another one. It is not called twice at the same time for
	// the same of both reasons, and ctx is that of no call.
	next(ctx context.Context, last *token, renew bool) (*token, error)
}

// over is the error of a source which knows that the last token must not be used any more.
type over struct{ error }

// undone is the error of a request that Perses has not carried out, since it came without a token that Perses accepts.
type undone struct{ error }

func (e undone) Unwrap() error { return e.error }

// tokenTransport sends a token with every request, and fetches the next one before it ends and when Perses refuses it.
// The transport of oauth2 is not used because it fetches under a lock: a login that hangs would make calls wait for
// one another, each beyond its own deadline.
type tokenTransport struct {
	way    http.RoundTripper
	source source
	flight singleflight.Group

	mu    sync.Mutex
	last  *token
	pause time.Time // until when a token that is due is not renewed, because it has just failed
}

func (t *tokenTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	token, err := t.token(r.Context())
	if err != nil {
		closeBody(r)
		return nil, undone{err}
	}
	response, err := t.way.RoundTrip(authorized(r, token.authorization))
	if err != nil {
		return nil, err
	}
	if response.StatusCode != http.StatusUnauthorized {
		token.proven.Store(true)
		return response, nil
	}
	if !token.refusable(r) || r.Body != nil && r.Body != http.NoBody && r.GetBody == nil {
		return response, nil
	}
	// A refused request was not carried out, so even one that writes can be sent once more: with another token, or not at all.
	other, err := t.fetch(r.Context(), token, true)
	if err == nil && other.authorization == token.authorization {
		return response, nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(response.Body, maxErrorBody)) // so that the connection can be used again
	_ = response.Body.Close()
	if err != nil {
		return nil, undone{fmt.Errorf("the last token is not accepted any more, and there is no new one: %w", err)}
	}
	again := authorized(r, other.authorization)
	if r.GetBody != nil {
		if again.Body, err = r.GetBody(); err != nil {
			return nil, err
		}
	}
	response, err = t.way.RoundTrip(again)
	if err == nil && response.StatusCode != http.StatusUnauthorized {
		other.proven.Store(true)
	}
	return response, err
}

// token returns a token that holds. Nobody waits for one that is only due.
func (t *tokenTransport) token(ctx context.Context) (*token, error) {
	t.mu.Lock()
	last, pause := t.last, t.pause
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
		if errors.As(err, new(over)) {
			return nil, err
		}
		if last.ended(now) { // as may be what was found
			return t.fetch(ctx, last, true)
		}
	case last.ended(now):
		return t.fetch(ctx, last, true)
	case last.isDue(now) && now.After(pause):
		t.begin(last, true)
	}
	return last, nil
}

// fetch waits for the token after last, which is fetched for all who wait; each waits as long as it may.
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

// begin begins to fetch the token after last, unless that goes on already or somebody has fetched it.
func (t *tokenTransport) begin(last *token, renew bool) <-chan singleflight.Result {
	reason := "look"
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
		case t.last != last: // while this one looked, another has renewed
			return t.last, nil
		case err != nil && last != nil && !last.until.IsZero():
			t.pause = time.Now().Add(last.until.Sub(last.due) / 8)
		case err == nil:
			t.last = next
		}
		return next, err
	})
}
