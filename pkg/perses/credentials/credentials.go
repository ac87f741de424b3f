// Package credentials authenticates requests to Perses, with one identity of the server or with the credentials of each caller.
package credentials

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

// HasIdentity reports whether requests made with cfg carry credentials: an identity, a header that probably holds a secret, or a
// TLS client certificate.
func HasIdentity(cfg clientconfig.RestConfigClient) bool {
	if NamesUser(cfg) {
		return true
	}
	for header := range cfg.Headers {
		if mask.IsSecretHeader(header) {
			return true
		}
	}
	return cfg.TLSConfig != nil && (cfg.TLSConfig.CertFile != "" || cfg.TLSConfig.Cert != "")
}

// NamesUser reports whether cfg decides which user of Perses acts. Client certificates and other headers only pass proxies in front
// of Perses.
func NamesUser(cfg clientconfig.RestConfigClient) bool {
	for header := range cfg.Headers {
		if name := http.CanonicalHeaderKey(header); name == "Authorization" || name == "Cookie" {
			return true
		}
	}
	return cfg.Authorization != nil || cfg.BasicAuth != nil || cfg.NativeAuth != nil || cfg.OAuth != nil || cfg.K8sAuth != nil
}

// NewTransport returns a transport that sends requests over next with the identity in cfg, and the remedy: what to do when Perses
// does not accept it. session is the path of percli's file if the identity is its login, as FindSession found it. Without an
// identity, NewTransport returns next.
//
// Perses' own constructor of clients is not used, because each of its identities has its own connections, its native login never
// notices that the token has expired, and it reads files only once.
func NewTransport(next http.RoundTripper, cfg clientconfig.RestConfigClient, session string) (transport http.RoundTripper, remedy string, err error) {
	withTokens := func(s source) http.RoundTripper { return &tokenTransport{next: next, source: s} }
	switch {
	case session != "" && cfg.Authorization != nil:
		s := &percliSession{watchedFile{path: session}, issuer{next, cfg.URL}}
		return withTokens(s), s.remedy(), nil
	case cfg.Authorization != nil && cfg.Authorization.CredentialsFile != "":
		transport, err := fromFile(withTokens, newTokenFile(cfg.Authorization.CredentialsFile, cfg.Authorization.Type))
		return transport, fmt.Sprintf("Put a new token into %s: the server reads the file again.", cfg.Authorization.CredentialsFile), inSetting("authorization", err)
	case cfg.Authorization != nil:
		authorization := cfg.Authorization.Type + " " + cfg.Authorization.Credentials
		return headerTransport{next, authorization}, tokenRemedy(cfg.URL), inSetting("authorization", checkHeader(authorization))
	case cfg.BasicAuth != nil:
		password, err := cfg.BasicAuth.GetPassword()
		encoded := base64.StdEncoding.EncodeToString([]byte(cfg.BasicAuth.Username + ":" + strings.TrimRight(password, "\r\n")))
		return headerTransport{next, "Basic " + encoded}, "Check perses_server.basic_auth.", inSetting("basic_auth", err)
	case cfg.NativeAuth != nil:
		return withTokens(nativeLogin{issuer{next, cfg.URL}, *cfg.NativeAuth}), "Check perses_server.native_auth.", nil
	case cfg.OAuth != nil:
		secret, err := cfg.OAuth.GetClientSecret()
		return withTokens(&oauthClient{next, clientcredentials.Config{
			ClientID:       cfg.OAuth.ClientID,
			ClientSecret:   strings.TrimRight(secret, "\r\n"),
			TokenURL:       cfg.OAuth.TokenURL,
			Scopes:         cfg.OAuth.Scopes,
			EndpointParams: cfg.OAuth.EndpointParams,
			AuthStyle:      oauth2.AuthStyle(cfg.OAuth.AuthStyle),
		}}), "Check perses_server.oauth, and that Perses accepts the tokens of its tokenURL.", inSetting("oauth", err)
	case cfg.K8sAuth != nil:
		file, err := kubernetesFile(cfg.K8sAuth.KubeconfigFile)
		if err == nil {
			transport, err = fromFile(withTokens, file)
		}
		return transport, "Check perses_server.k8s_auth, and that Perses accepts tokens of this Kubernetes.", inSetting("k8s_auth", err)
	}
	return next, "", nil
}

// inSetting names the setting that an error is about.
func inSetting(name string, err error) error {
	if err != nil {
		return fmt.Errorf("perses_server.%s: %w", name, err)
	}
	return nil
}

// fromFile checks that the file has a token at the start.
func fromFile(withTokens func(source) http.RoundTripper, f *tokenFile) (http.RoundTripper, error) {
	_, err := f.next(context.Background(), nil, false)
	return withTokens(f), err
}

// kubernetesFile returns the file with the token for Kubernetes: that of the service account, the one that the kubeconfig names, or
// the kubeconfig itself.
func kubernetesFile(kubeconfig string) (*tokenFile, error) {
	read := func() (token, file string, err error) {
		access, err := clientconfig.InitKubeConfig(kubeconfig)
		switch {
		case err != nil && kubeconfig == "":
			return "", "", fmt.Errorf("outside of a Kubernetes pod, a kubeconfig is required: %w", err)
		case err != nil:
			return "", "", err
		case access.BearerToken == "" && access.BearerTokenFile == "":
			return "", "", fmt.Errorf("the user in %s has no token: it needs a token or a tokenFile; a program (exec) or a certificate is not enough", kubeconfig)
		}
		return access.BearerToken, access.BearerTokenFile, nil
	}
	_, file, err := read()
	if err != nil || file != "" {
		return newTokenFile(file, "Bearer"), err
	}
	return &tokenFile{watchedFile{path: kubeconfig}, "Bearer", func() (string, error) {
		token, _, err := read()
		return token, err
	}}, nil
}

// LoginRemedy says how to give the server an identity if it has none. It recommends percli's login first: the server can renew it
// for a day, while a token lasts for minutes.
func LoginRemedy(u *common.URL) string {
	return fmt.Sprintf("Run `percli login %s` and start the server again: it uses that login from then on. Or start it with PERSES_TOKEN set to the token that `percli whoami --show-token` shows.", u)
}

// tokenRemedy says how to give the server a new token.
func tokenRemedy(u *common.URL) string {
	return fmt.Sprintf("Run `percli login %s` and `percli whoami --show-token`, and start the server again with PERSES_TOKEN set to the token after \"Token used:\".", u)
}

// headerTransport sends the same credentials with every request.
type headerTransport struct {
	next          http.RoundTripper
	authorization string
}

func (t headerTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	return t.next.RoundTrip(withAuthorization(r, t.authorization))
}

// withAuthorization returns a copy of a request with these credentials and no others.
func withAuthorization(r *http.Request, authorization string) *http.Request {
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", authorization)
	return r
}

// checkHeader returns an error if the value of an Authorization header has characters that are invalid there.
func checkHeader(value string) error {
	if strings.ContainsFunc(value, func(r rune) bool { return r < ' ' || r > '~' }) {
		return errors.New("the credentials contain line breaks, control characters or letters beyond ASCII: use visible ASCII characters only")
	}
	return nil
}

// closeBody closes the body of a request that is not sent, as a RoundTripper must.
func closeBody(r *http.Request) {
	if r.Body != nil {
		_ = r.Body.Close()
	}
}
