package perses

import (
	"context"
	"errors"
	"fmt"
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
)

// tokenMaker is Perses as it makes tokens.
type tokenMaker struct {
	way http.RoundTripper
	url *common.URL
}

func (m tokenMaker) client(ctx context.Context) auth.Interface {
	bound := boundTransport{ctx, m.way, &reading{ctx: ctx, pool: newReadings(sharedDocuments), most: persesMost}, nil}
	return auth.New(&perseshttp.RESTClient{BaseURL: m.url, Client: &http.Client{Transport: bound}})
}

// refresh returns the token after the one that refresh came with.
func (m tokenMaker) refresh(ctx context.Context, refresh string) (*token, error) {
	made, err := m.client(ctx).Refresh(refresh)
	if err != nil {
		return nil, err
	}
	if made.RefreshToken == "" {
		made.RefreshToken = refresh
	}
	return tokenFrom(made)
}

// tokenFrom reads the answer of Perses, which says for how many seconds the token holds and gives a zero date of expiry,
// which oauth2 would take for "for ever".
func tokenFrom(made *oauth2.Token) (*token, error) {
	authorization := made.Type() + " " + made.AccessToken
	if made.AccessToken == "" {
		return nil, errors.New("the answer to the login has no token. Is --perses-server-url the address of Perses itself?")
	}
	if err := checkHeader(authorization); err != nil {
		return nil, err
	}
	holds := time.Duration(made.ExpiresIn) * time.Second
	if holds == 0 && !made.Expiry.IsZero() {
		holds = time.Until(made.Expiry)
	}
	t := newToken(authorization, made.RefreshToken, holds)
	t.fetched = true
	return t, nil
}

// nativeLogin is the login of Perses' native authentication.
type nativeLogin struct {
	tokenMaker
	as modelapi.Auth
}

func (nativeLogin) changed() bool { return false }

// next refreshes the login, and logs in again if Perses refuses that: a refresh token ends, too.
func (n nativeLogin) next(ctx context.Context, last *token, _ bool) (*token, error) {
	if last != nil && last.refresh != "" {
		token, err := n.refresh(ctx, last.refresh)
		if !refuses(err) {
			return token, err
		}
	}
	made, err := n.client(ctx).Login(n.as.Login, n.as.Password)
	if refuses(err) {
		// Not wrapped: that Perses refused the login says nothing about the document that was asked for.
		return nil, fmt.Errorf("the login as %q failed: %s. Check perses_server.native_auth", n.as.Login, said(err))
	}
	if err != nil {
		return nil, err
	}
	return tokenFrom(made)
}

// refuses tells whether Perses has refused, rather than failed.
func refuses(err error) bool {
	var answer *Error
	return errors.As(err, &answer) && answer.Status < http.StatusInternalServerError
}

// said are the words in which Perses has refused.
func said(err error) string {
	var answer *Error
	if errors.As(err, &answer) && answer.Message != "" {
		return answer.Message
	}
	return core(err).Error()
}

// clientLogin are the client credentials of OAuth.
type clientLogin struct {
	way  http.RoundTripper
	flow clientcredentials.Config
}

func (*clientLogin) changed() bool { return false }

func (l *clientLogin) next(ctx context.Context, _ *token, _ bool) (*token, error) {
	// Not redirected: the secret of the client must not go to another host.
	client := &http.Client{Transport: l.way, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	made, err := l.flow.Token(context.WithValue(ctx, oauth2.HTTPClient, client))
	if err != nil {
		return nil, l.explain(err)
	}
	return tokenFrom(made)
}

// explain leaves out what the endpoint has answered but for the fields that are meant for people: it may be anything.
func (l *clientLogin) explain(err error) error {
	reason := core(err).Error()
	if refused := (*oauth2.RetrieveError)(nil); errors.As(err, &refused) && refused.Response != nil {
		reason = strings.TrimSpace(fmt.Sprintf("status %d %s %s", refused.Response.StatusCode, refused.ErrorCode, refused.ErrorDescription))
	}
	return fmt.Errorf("the OAuth client %q got no token from %s: %s. Check perses_server.oauth", l.flow.ClientID, l.flow.TokenURL, reason)
}

// tokenFile is a file that somebody else puts tokens into. As long as it cannot be read, or is empty as in the middle of a
// change, the last token that it had is used.
type tokenFile struct {
	watched
	scheme string
	read   func() (string, error)
}

// newTokenFile returns the file at path with the token alone in it.
func newTokenFile(path, scheme string) *tokenFile {
	return &tokenFile{watched{path: path}, scheme, func() (string, error) {
		content, err := os.ReadFile(path)
		return string(content), err
	}}
}

func (f *tokenFile) next(_ context.Context, last *token, _ bool) (*token, error) {
	f.look()
	content, err := f.read()
	if err != nil {
		return nil, fmt.Errorf("the token file cannot be read: %w", err)
	}
	content = strings.TrimSpace(content)
	switch {
	case content == "":
		return nil, fmt.Errorf("the token file %s has no token in it", f.path)
	case strings.ContainsAny(content, " \t") || checkHeader(content) != nil:
		return nil, fmt.Errorf("the token file %s has more in it than a token: want the token alone", f.path)
	}
	if authorization := f.scheme + " " + content; last == nil || last.authorization != authorization {
		return newToken(authorization, "", 0), nil
	}
	return last, nil
}

// watched tells whether a file has changed since it was last looked at.
type watched struct {
	path string
	mu   sync.Mutex
	seen fs.FileInfo // nil if it was not there
}

func (w *watched) look() {
	info, err := os.Stat(w.path)
	if err != nil {
		info = nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.seen = info
}

// changed compares more than the time: two changes can have the same.
func (w *watched) changed() bool {
	info, err := os.Stat(w.path)
	w.mu.Lock()
	seen := w.seen
	w.mu.Unlock()
	return err != nil || seen == nil || !os.SameFile(info, seen) || info.Size() != seen.Size() || !info.ModTime().Equal(seen.ModTime())
}
