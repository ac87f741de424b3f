package credentials

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/perses/perses/pkg/client/api/auth"
	"github.com/perses/perses/pkg/client/perseshttp"
	modelapi "github.com/perses/perses/pkg/model/api"
	"github.com/perses/spec/go/common"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// issuer issues tokens: the login API of Perses.
type issuer struct {
	next http.RoundTripper
	url  *common.URL
}

func (i issuer) client(ctx context.Context) auth.Interface {
	return auth.New(&perseshttp.RESTClient{BaseURL: i.url, Client: &http.Client{Transport: loginTransport{ctx, i.next}}})
}

// refresh returns a new token for a refresh token.
func (i issuer) refresh(ctx context.Context, refresh string) (*token, error) {
	issued, err := i.client(ctx).Refresh(refresh)
	if err != nil {
		return nil, err
	}
	if issued.RefreshToken == "" {
		issued.RefreshToken = refresh
	}
	return newIssued(issued)
}

// maxLogin is the maximum number of bytes read of the response to a login.
const maxLogin = 1 << 20

// loginTransport sends the requests of a login. It does not follow redirects and bounds the response.
type loginTransport struct {
	ctx  context.Context
	next http.RoundTripper
}

func (t loginTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	response, err := t.next.RoundTrip(r.WithContext(t.ctx))
	if err != nil {
		return nil, err
	}
	if err := problem.FromResponse(response, r); err != nil {
		return nil, err
	}
	response.Body = struct {
		io.Reader
		io.Closer
	}{io.LimitReader(response.Body, maxLogin), response.Body}
	return response, nil
}

// newIssued returns a token that was just issued. Perses gives its lifetime in seconds and a zero date of expiry, which oauth2
// would take for "never expires".
func newIssued(issued *oauth2.Token) (*token, error) {
	authorization := issued.Type() + " " + issued.AccessToken
	if issued.AccessToken == "" {
		return nil, errors.New("the response to the login has no token. Is --perses-server-url the address of Perses itself?")
	}
	if err := checkHeader(authorization); err != nil {
		return nil, err
	}
	lifetime := time.Duration(issued.ExpiresIn) * time.Second
	if lifetime == 0 && !issued.Expiry.IsZero() {
		lifetime = time.Until(issued.Expiry)
	}
	t := newToken(authorization, issued.RefreshToken, lifetime)
	t.issued = true
	return t, nil
}

// nativeLogin is the login of Perses' native authentication.
type nativeLogin struct {
	issuer
	user modelapi.Auth
}

func (nativeLogin) changed() bool { return false }

// next refreshes the token. If Perses refuses that, because refresh tokens expire as well, it logs in again.
func (n nativeLogin) next(ctx context.Context, last *token, _ bool) (*token, error) {
	if last != nil && last.refresh != "" {
		token, err := n.refresh(ctx, last.refresh)
		if !isRefusal(err) {
			return token, err
		}
	}
	issued, err := n.client(ctx).Login(n.user.Login, n.user.Password)
	if isRefusal(err) {
		// Not wrapped, because the status does not refer to the document of the call.
		return nil, fmt.Errorf("the login as %q failed: %s. Check perses_server.native_auth", n.user.Login, reason(err))
	}
	if err != nil {
		return nil, err
	}
	return newIssued(issued)
}

// isRefusal reports whether Perses refused a request. Otherwise the request failed.
func isRefusal(err error) bool {
	var answer *problem.Error
	return errors.As(err, &answer) && answer.Status < http.StatusInternalServerError
}

// reason returns Perses' message, or the cause of err.
func reason(err error) string {
	var answer *problem.Error
	if errors.As(err, &answer) && answer.Message != "" {
		return answer.Message
	}
	return problem.Cause(err).Error()
}

// oauthClient logs in with the client credentials of OAuth.
type oauthClient struct {
	transport http.RoundTripper
	flow      clientcredentials.Config
}

func (*oauthClient) changed() bool { return false }

func (c *oauthClient) next(ctx context.Context, _ *token, _ bool) (*token, error) {
	// It does not follow redirects: the client secret must not go to another host.
	client := &http.Client{Transport: c.transport, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	issued, err := c.flow.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return nil, c.explain(err)
	}
	return newIssued(issued)
}

// explain repeats only the fields of an error response that are meant for people. The rest may contain secrets.
func (c *oauthClient) explain(err error) error {
	reason := problem.Cause(err).Error()
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.Response != nil {
		reason = strings.TrimSpace(fmt.Sprintf("status %d %s %s", refused.Response.StatusCode, refused.ErrorCode, refused.ErrorDescription))
	}
	return fmt.Errorf("the OAuth client %q got no token from %s: %s. Check perses_server.oauth", c.flow.ClientID, c.flow.TokenURL, reason)
}

// tokenFile is a file into which another program puts tokens. While the file is unreadable or empty, as in the middle of a change,
// the last token is used.
type tokenFile struct {
	watchedFile
	scheme string
	read   func() (string, error)
}

// newTokenFile returns a file that contains only the token.
func newTokenFile(path, scheme string) *tokenFile {
	return &tokenFile{watchedFile{path: path}, scheme, func() (string, error) {
		content, err := os.ReadFile(path)
		return string(content), err
	}}
}

func (f *tokenFile) next(_ context.Context, last *token, _ bool) (*token, error) {
	f.check()
	content, err := f.read()
	if err != nil {
		return nil, fmt.Errorf("the token file cannot be read: %w", err)
	}
	content = strings.TrimSpace(content)
	switch {
	case content == "":
		return nil, fmt.Errorf("the token file %s is empty", f.path)
	case strings.ContainsAny(content, " \t") || checkHeader(content) != nil:
		return nil, fmt.Errorf("the token file %s contains more than a token: put only the token into it", f.path)
	}
	if authorization := f.scheme + " " + content; last == nil || last.authorization != authorization {
		return newToken(authorization, "", 0), nil
	}
	return last, nil
}

// watchedFile is a file that may change.
type watchedFile struct {
	path string
	mu   sync.Mutex
	seen fs.FileInfo // at the last check; nil if the file did not exist
}

func (w *watchedFile) check() {
	info, err := os.Stat(w.path)
	if err != nil {
		info = nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = info
}

// changed reports whether the file has changed since the last check. It compares more than the time, which can be the same.
func (w *watchedFile) changed() bool {
	info, err := os.Stat(w.path)
	w.mu.Lock()
	seen := w.seen
	w.mu.Unlock()
	return err != nil || seen == nil || !os.SameFile(info, seen) || info.Size() != seen.Size() || !info.ModTime().Equal(seen.ModTime())
}
