package perses

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
)

// Caller is who calls: the credentials that a request came with, as Perses is to see them.
type Caller struct {
	authorization string
	key           string // names the credentials and does not tell them
	refused       atomic.Bool
	written       atomic.Bool // something, in Perses
}

// Refused tells whether Perses has refused the credentials in this call, before it stored anything: a host makes the call
// again with others. A datasource behind Perses' proxy may refuse, too, which says nothing of them.
func (c *Caller) Refused() bool { return c.refused.Load() && !c.written.Load() }

// Format keeps the credentials out of whatever prints a caller, by any verb.
func (c *Caller) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "a caller") }

// salt makes the names of callers mean nothing outside of this process: the hash of a weak password could be guessed.
var salt = [sha256.Size]byte([]byte(rand.Text() + rand.Text())[:sha256.Size])

// ErrNoCaller is the error of a call that came without credentials where each must bring its own.
var ErrNoCaller = errors.New("no credentials came with this call, and this server has none of its own (--auth=passthrough): " +
	"let your host send an Authorization header with your own Perses token")

// CallerOf returns who sends these headers: those with one Authorization header that has a scheme and credentials, as in
// "Bearer xyz". Any character that could end a header or begin another is refused, whatever an HTTP library lets pass.
func CallerOf(headers http.Header) (*Caller, error) {
	values := headers.Values("Authorization")
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return nil, ErrNoCaller
	}
	if len(values) > 1 {
		return nil, errors.New("more than one Authorization header came with this call: want one")
	}
	scheme, credentials, _ := strings.Cut(values[0], " ")
	if scheme == "" || credentials == "" || strings.Contains(credentials, " ") {
		return nil, errors.New("the Authorization header is none: want a scheme and credentials, as in \"Bearer <token>\"")
	}
	if err := checkHeader(values[0]); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(salt[:], values[0]...))
	return &Caller{authorization: values[0], key: hex.EncodeToString(sum[:])}, nil
}

// checkHeader refuses a value of the Authorization header with characters that have no business there.
func checkHeader(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("the credentials have line breaks, control characters or letters beyond ASCII in them: want visible ASCII characters alone")
	}
	return nil
}

type callerKey struct{}

// WithCaller returns the context of a call of this caller.
func WithCaller(ctx context.Context, caller *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

// caller returns whose call ctx is that of, and the way to Perses in their name.
func (s *Server) caller(ctx context.Context) (identity string, way http.RoundTripper) {
	if !s.passthrough {
		return "", s.transport
	}
	caller, _ := ctx.Value(callerKey{}).(*Caller)
	if caller == nil {
		return "", nobody{}
	}
	return caller.key, ofCaller{s.pool, caller}
}

// ofCaller sends the credentials of a caller with every request, and notes whether they are refused, and whether anything was
// written with them.
type ofCaller struct {
	next   http.RoundTripper
	caller *Caller
}

func (t ofCaller) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(authorized(r, t.caller.authorization))
	switch {
	case err != nil || proxied(r):
	case response.StatusCode == http.StatusUnauthorized:
		t.caller.refused.Store(true)
	case response.StatusCode < http.StatusMultipleChoices && writes(r):
		t.caller.written.Store(true)
	}
	return response, err
}

// proxied tells whether Perses hands a request on to a datasource. A project may be called proxy, and Perses itself be behind one
// whose path has that word.
func proxied(r *http.Request) bool {
	return strings.Contains(r.URL.Path, globalProxy) || strings.Contains(r.URL.Path, projectProxy)
}

// withHeader sends the same credentials with every request.
type withHeader struct {
	next          http.RoundTripper
	authorization string
}

func (t withHeader) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.next.RoundTrip(authorized(r, t.authorization))
}

// authorized returns the request with these credentials and no others.
func authorized(r *http.Request, authorization string) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", authorization)
	return r
}

// nobody sends nothing: a call without credentials must not go on with those of somebody else, nor without any.
type nobody struct{}

func (nobody) RoundTrip(r *http.Request) (*http.Response, error) {
	closeBody(r)
	return nil, ErrNoCaller
}

// closeBody is what a RoundTripper owes a request that it does not send.
func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
