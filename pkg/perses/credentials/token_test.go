package credentials

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"
)

// script is a source whose tokens a test decides on.
type script struct {
	mu    sync.Mutex
	asked int
	next_ func(last *token, renew bool) (*token, error)
	other bool
}

func (s *script) changed() bool { return s.other }

func (s *script) next(_ context.Context, last *token, renew bool) (*token, error) {
	s.mu.Lock()
	s.asked++
	s.mu.Unlock()
	return s.next_(last, renew)
}

// accepts is a Perses that takes one token, and notes what it gets.
type accepts struct {
	mu     sync.Mutex
	token  string
	bodies []string
}

func (a *accepts) RoundTrip(r *http.Request) (*http.Response, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	var body []byte
	if r.Body != nil {
		body, _ = io.ReadAll(r.Body)
	}
	a.bodies = append(a.bodies, r.Header.Get("Authorization")+" "+string(body))
	code := http.StatusOK
	if r.Header.Get("Authorization") != a.token {
		code = http.StatusUnauthorized
	}
	return &http.Response{StatusCode: code, Body: io.NopCloser(strings.NewReader("")), Request: r}, nil
}

func made(authorization string, holds time.Duration) *token {
	t := newToken(authorization, "", holds)
	t.issued = true
	return t
}

func ask(t *testing.T, way http.RoundTripper, path string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://perses"+path, strings.NewReader("a document"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := way.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode
}

// TestARefusedTokenIsReplacedOnce: Perses restarted with another key, or the clock is an hour off. Even what writes is sent
// again, whole, since Perses has not done it.
func TestARefusedTokenIsReplacedOnce(t *testing.T) {
	perses := &accepts{token: "first"}
	s := &script{next_: func(last *token, _ bool) (*token, error) {
		if last == nil {
			return made("first", time.Hour), nil
		}
		return made("second", time.Hour), nil
	}}
	way := &tokenTransport{next: perses, source: s}
	if got := ask(t, way, "/api"); got != 200 {
		t.Fatal(got)
	}
	perses.token = "second"
	if got := ask(t, way, "/api"); got != 200 {
		t.Errorf("got status %d", got)
	}
	if got, want := strings.Join(perses.bodies, ", "), "first a document, first a document, second a document"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	perses.token = "third" // the second is proven, so one more is issued; that, too, is "second"
	if got := ask(t, way, "/api"); got != 401 || s.asked != 3 {
		t.Errorf("got status %d and asked for %d tokens", got, s.asked)
	}
}

// TestAFreshTokenThatIsRefused does not make a loop of logins, however often it is tried.
func TestAFreshTokenThatIsRefused(t *testing.T) {
	perses := &accepts{token: "none"}
	s := &script{next_: func(*token, bool) (*token, error) { return made("fresh", time.Hour), nil }}
	way := &tokenTransport{next: perses, source: s}
	for range 5 {
		if got := ask(t, way, "/api"); got != 401 {
			t.Errorf("got status %d", got)
		}
	}
	if s.asked != 1 || len(perses.bodies) != 5 {
		t.Errorf("asked for %d tokens, sent %d requests", s.asked, len(perses.bodies))
	}
}

// TestADatasourceThatRefuses is not taken for Perses: it would cost a login with each query.
func TestADatasourceThatRefuses(t *testing.T) {
	perses := &accepts{token: "ours"}
	s := &script{next_: func(*token, bool) (*token, error) { return made("ours", time.Hour), nil }}
	way := &tokenTransport{next: perses, source: s}
	ask(t, way, "/api")
	perses.token = "another"
	for range 5 {
		ask(t, way, "/proxy/globaldatasources/prom/api/v1/query")
	}
	if s.asked != 1 {
		t.Errorf("asked for %d tokens", s.asked)
	}
}

// TestNobodyWaitsForWhatIsOnlyDue: a token is renewed while it still holds, and a failure to do so is tried again later.
func TestNobodyWaitsForWhatIsOnlyDue(t *testing.T) {
	asked, proceed := make(chan struct{}), make(chan error)
	s := &script{next_: func(*token, bool) (*token, error) {
		asked <- struct{}{}
		if err := <-proceed; err != nil {
			return nil, err
		}
		return made("next", time.Hour), nil
	}}
	way := &tokenTransport{next: &accepts{token: "held"}, source: s}
	way.last = made("held", time.Hour)
	way.last.renewAt = time.Now()
	for range 3 {
		if got := ask(t, way, "/api"); got != 200 {
			t.Errorf("got status %d", got)
		}
	}
	<-asked
	if got := ask(t, way, "/api"); got != 200 {
		t.Errorf("while it is renewed: got status %d", got)
	}
	proceed <- errors.New("Perses is down")
	for paused := false; !paused; { // until the failure is noted
		way.mu.Lock()
		paused = !way.retryAfter.IsZero()
		way.mu.Unlock()
	}
	if got := ask(t, way, "/api"); got != 200 || s.asked != 1 {
		t.Errorf("after a failure: got status %d, asked %d times", got, s.asked)
	}
	if held, err := way.token(t.Context()); err != nil || held.authorization != "held" {
		t.Errorf("the login is lost: %v", err)
	}
}

// TestOneRenewalForAll: those whose token Perses has refused at the same time do not each fetch another.
func TestOneRenewalForAll(t *testing.T) {
	const callers = 64
	perses := &accepts{token: "old"}
	s := &script{next_: func(last *token, _ bool) (*token, error) {
		if last == nil {
			return made("old", time.Hour), nil
		}
		return made("new", time.Hour), nil
	}}
	way := &tokenTransport{next: perses, source: s}
	ask(t, way, "/api")
	perses.token = "new"
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			if got := ask(t, way, "/api"); got != 200 {
				t.Errorf("got status %d", got)
			}
		})
	}
	group.Wait()
	if s.asked != 2 {
		t.Errorf("asked for %d tokens", s.asked)
	}
}

func TestLifeOfAToken(t *testing.T) {
	now := time.Now()
	for _, test := range []struct {
		holds      time.Duration
		due, ended bool
	}{
		{0, false, false}, {-time.Hour, true, true}, {15 * time.Minute, false, false}, {time.Second, false, false},
	} {
		token := newToken("x", "", test.holds)
		if token.needsRenewal(now) != test.due || token.isExpired(now) != test.ended {
			t.Errorf("%v: due %v, ended %v", test.holds, token.needsRenewal(now), token.isExpired(now))
		}
	}
	quarter := newToken("x", "", 15*time.Minute)
	if quarter.needsRenewal(quarter.received.Add(13*time.Minute)) || !quarter.needsRenewal(quarter.received.Add(14*time.Minute)) || quarter.isExpired(quarter.received.Add(14*time.Minute)) || !quarter.isExpired(quarter.received.Add(15*time.Minute)) {
		t.Error("a token of a quarter of an hour is renewed at another time than in its last minute")
	}
}
