package credentials

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

	"github.com/perses/mcp-server/pkg/perses/endpoint"
)

// Caller holds the credentials that came with a request, for use in Perses.
type Caller struct {
	authorization string
	key           string // identifies the credentials without revealing them
	refused       atomic.Bool
	written       atomic.Bool
}

// Refused reports whether Perses refused the credentials in this call before it stored anything, so that the host can repeat the
// call with other credentials. It ignores refusals of datasources behind Perses' proxy.
func (c *Caller) Refused() bool { return c.refused.Load() && !c.written.Load() }

// Format hides the credentials when a caller is printed.
func (c *Caller) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "a caller") }

// salt makes the keys of callers useless outside of this process. Without it, a weak password could be guessed from its hash.
var salt = [sha256.Size]byte([]byte(rand.Text() + rand.Text())[:sha256.Size])

// ErrNoCaller is the error of a call without credentials where each call must bring its own.
var ErrNoCaller = errors.New("no credentials came with this call, and this server has none of its own (--auth=passthrough): " +
	"let your host send an Authorization header with your own Perses token")

// NewCaller returns the caller who sends these headers. They must have one Authorization header with a scheme and credentials, such
// as "Bearer xyz". It refuses any character that could end a header, whatever an HTTP library accepts.
func NewCaller(headers http.Header) (*Caller, error) {
	values := headers.Values("Authorization")
	if len(values) == 0 || len(values) == 1 && values[0] == "" {
		return nil, ErrNoCaller
	}
	if len(values) > 1 {
		return nil, errors.New("more than one Authorization header came with this call: send one")
	}
	scheme, credentials, _ := strings.Cut(values[0], " ")
	if scheme == "" || credentials == "" || strings.Contains(credentials, " ") {
		return nil, errors.New("the Authorization header is invalid: want a scheme and credentials, such as \"Bearer <token>\"")
	}
	if err := checkHeader(values[0]); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(append(salt[:], values[0]...))
	return &Caller{authorization: values[0], key: hex.EncodeToString(sum[:])}, nil
}

type callerKey struct{}

// WithCaller returns the context of a call by this caller.
func WithCaller(ctx context.Context, caller *Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, caller)
}

func callerOf(ctx context.Context) *Caller {
	caller, _ := ctx.Value(callerKey{}).(*Caller)
	return caller
}

// CallerTransport returns a transport that sends requests over next with the credentials of the call's caller, and a key that
// identifies the caller.
func CallerTransport(ctx context.Context, next http.RoundTripper) (transport http.RoundTripper, identity string) {
	caller := callerOf(ctx)
	if caller == nil {
		return anonymous{}, ""
	}
	return callerTransport{next, caller}, caller.key
}

// callerTransport notes whether Perses refuses the caller's credentials and whether it writes something with them.
type callerTransport struct {
	next   http.RoundTripper
	caller *Caller
}

func (t callerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(withAuthorization(r, t.caller.authorization))
	switch {
	case err != nil || endpoint.IsProxied(r):
	case response.StatusCode == http.StatusUnauthorized:
		t.caller.refused.Store(true)
	case response.StatusCode < http.StatusMultipleChoices && endpoint.IsWrite(r):
		t.caller.written.Store(true)
	}
	return response, err
}

// anonymous refuses every request: a call without credentials must not use the credentials of others, nor none at all.
type anonymous struct{}

func (anonymous) RoundTrip(r *http.Request) (*http.Response, error) {
	closeBody(r)
	return nil, ErrNoCaller
}
