package perses

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/perses/perses/pkg/client/api/auth"
	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/client/perseshttp"
	modelapi "github.com/perses/perses/pkg/model/api"
	"github.com/perses/spec/go/common"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// loginTimeout bounds a login, which goes on when the call that began it ends: its outcome serves all calls.
const loginTimeout = 10 * time.Second

// HasIdentity tells whether requests made with cfg carry credentials: one of its identities, a header that
// looks like it holds some, or a TLS client certificate.
func HasIdentity(cfg clientconfig.RestConfigClient) bool {
	if cfg.Authorization != nil || cfg.BasicAuth != nil || cfg.NativeAuth != nil || cfg.OAuth != nil || cfg.K8sAuth != nil {
		return true
	}
	for header := range cfg.Headers {
		if secretHeader(header) {
			return true
		}
	}
	return cfg.TLSConfig != nil && (cfg.TLSConfig.CertFile != "" || cfg.TLSConfig.Cert != "")
}

// authenticate adds the identity of cfg to the requests that go to next. Perses' own constructor of
// clients is not used because each of its identities brings a pool of its own, and because its native
// login never notices that the token has expired.
func authenticate(next http.RoundTripper, cfg clientconfig.RestConfigClient) (http.RoundTripper, error) {
	login := &http.Client{Transport: next, Timeout: loginTimeout}
	switch {
	case cfg.Authorization != nil:
		credentials, err := cfg.Authorization.GetCredentials()
		if err != nil {
			return nil, fmt.Errorf("perses_server.authorization: %w", err)
		}
		return withToken(next, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: credentials, TokenType: cfg.Authorization.Type})), nil
	case cfg.BasicAuth != nil:
		password, err := cfg.BasicAuth.GetPassword()
		if err != nil {
			return nil, fmt.Errorf("perses_server.basic_auth: %w", err)
		}
		return basicAuth{cfg.BasicAuth.Username, password, next}, nil
	case cfg.NativeAuth != nil:
		return withToken(next, nativeLogin{login, cfg.URL, *cfg.NativeAuth}), nil
	case cfg.OAuth != nil:
		secret, err := cfg.OAuth.GetClientSecret()
		if err != nil {
			return nil, fmt.Errorf("perses_server.oauth: %w", err)
		}
		flow := clientcredentials.Config{
			ClientID:       cfg.OAuth.ClientID,
			ClientSecret:   secret,
			TokenURL:       cfg.OAuth.TokenURL,
			Scopes:         cfg.OAuth.Scopes,
			EndpointParams: cfg.OAuth.EndpointParams,
			AuthStyle:      oauth2.AuthStyle(cfg.OAuth.AuthStyle),
		}
		return withToken(next, flow.TokenSource(context.WithValue(context.Background(), oauth2.HTTPClient, login))), nil
	case cfg.K8sAuth != nil:
		token, err := cfg.K8sAuth.GetToken()
		if err != nil {
			return nil, fmt.Errorf("perses_server.k8s_auth: %w", err)
		}
		return withToken(next, oauth2.StaticTokenSource(&oauth2.Token{AccessToken: token})), nil
	}
	return next, nil
}

type basicAuth struct {
	user, password string
	next           http.RoundTripper
}

func (b basicAuth) RoundTrip(r *http.Request) (*http.Response, error) {
	r = r.Clone(r.Context())
	r.SetBasicAuth(b.user, b.password)
	return b.next.RoundTrip(r)
}

// nativeLogin is the login of Perses' native authentication as a source of tokens.
type nativeLogin struct {
	client *http.Client
	url    *common.URL
	as     modelapi.Auth
}

// Token logs in. Perses says for how many seconds the token holds but gives a zero date of expiry, which
// oauth2 would take for "for ever".
func (n nativeLogin) Token() (*oauth2.Token, error) {
	ctx, cancel := context.WithTimeout(context.Background(), loginTimeout)
	defer cancel()
	client := &http.Client{Transport: boundTransport{ctx, n.client.Transport, &reading{ctx: ctx, large: make(chan struct{}, 1), most: persesMost}, func() {}}}
	token, err := auth.New(&perseshttp.RESTClient{BaseURL: n.url, Client: client}).Login(n.as.Login, n.as.Password)
	if refused := (*Error)(nil); errors.As(err, &refused) {
		// Not wrapped: that Perses refused the login says nothing about the document that was asked for.
		return nil, fmt.Errorf("the login as %q failed: %v", n.as.Login, refused.Message)
	}
	if err != nil {
		return nil, err
	}
	token.Expiry = time.Now().Add(time.Duration(token.ExpiresIn) * time.Second)
	return token, nil
}
