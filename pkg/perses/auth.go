package perses

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"strings"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
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

// actsItself tells whether cfg says who acts in Perses. A client certificate and other headers do not: they open the way
// through what stands before Perses, to whoever acts.
func actsItself(cfg clientconfig.RestConfigClient) bool {
	for header := range cfg.Headers {
		if name := http.CanonicalHeaderKey(header); name == "Authorization" || name == "Cookie" {
			return true
		}
	}
	return cfg.Authorization != nil || cfg.BasicAuth != nil || cfg.NativeAuth != nil || cfg.OAuth != nil || cfg.K8sAuth != nil
}

// authenticate returns the way to Perses in the name of the identity that o has, over the pool, and the remedy: what to do
// when Perses does not accept it. Perses' own constructor of clients is not used because each of its identities brings a
// pool of its own, because its native login never notices that the token has expired, and because it reads files once.
func authenticate(pool http.RoundTripper, o Options) (way http.RoundTripper, remedy string, err error) {
	cfg := o.Perses
	tokens := func(s source) http.RoundTripper { return &tokenTransport{way: pool, source: s} }
	switch {
	case o.Session != "" && cfg.Authorization != nil:
		s := &session{watched{path: o.Session}, tokenMaker{pool, cfg.URL}}
		return tokens(s), s.remedy(), nil
	case cfg.Authorization != nil && cfg.Authorization.CredentialsFile != "":
		way, err := fromFile(tokens, newTokenFile(cfg.Authorization.CredentialsFile, cfg.Authorization.Type))
		return way, fmt.Sprintf("Put a new token into %s: it is read again by itself.", cfg.Authorization.CredentialsFile), named("authorization", err)
	case cfg.Authorization != nil:
		authorization := cfg.Authorization.Type + " " + cfg.Authorization.Credentials
		return withHeader{pool, authorization}, restart(cfg.URL), named("authorization", checkHeader(authorization))
	case cfg.BasicAuth != nil:
		password, err := cfg.BasicAuth.GetPassword()
		encoded := base64.StdEncoding.EncodeToString([]byte(cfg.BasicAuth.Username + ":" + strings.TrimRight(password, "\r\n")))
		return withHeader{pool, "Basic " + encoded}, "Check perses_server.basic_auth.", named("basic_auth", err)
	case cfg.NativeAuth != nil:
		return tokens(nativeLogin{tokenMaker{pool, cfg.URL}, *cfg.NativeAuth}), "Check perses_server.native_auth.", nil
	case cfg.OAuth != nil:
		secret, err := cfg.OAuth.GetClientSecret()
		return tokens(&clientLogin{pool, clientcredentials.Config{
			ClientID:       cfg.OAuth.ClientID,
			ClientSecret:   strings.TrimRight(secret, "\r\n"),
			TokenURL:       cfg.OAuth.TokenURL,
			Scopes:         cfg.OAuth.Scopes,
			EndpointParams: cfg.OAuth.EndpointParams,
			AuthStyle:      oauth2.AuthStyle(cfg.OAuth.AuthStyle),
		}}), "Check perses_server.oauth, and that Perses accepts the tokens of its tokenURL.", named("oauth", err)
	case cfg.K8sAuth != nil:
		file, err := kubernetesFile(cfg.K8sAuth.KubeconfigFile)
		if err == nil {
			way, err = fromFile(tokens, file)
		}
		return way, "Check perses_server.k8s_auth, and that Perses accepts tokens of this Kubernetes.", named("k8s_auth", err)
	}
	return pool, "", nil
}

func named(identity string, err error) error {
	if err != nil {
		return fmt.Errorf("perses_server.%s: %w", identity, err)
	}
	return nil
}

// fromFile makes sure at the start that there is a token in the file.
func fromFile(tokens func(source) http.RoundTripper, f *tokenFile) (http.RoundTripper, error) {
	_, err := f.next(context.Background(), nil, false)
	return tokens(f), err
}

// kubernetesFile returns the file in which the token for Kubernetes is: that of the service account, or the one that
// kubeconfig names or is.
func kubernetesFile(kubeconfig string) (*tokenFile, error) {
	read := func() (token, file string, err error) {
		access, err := clientconfig.InitKubeConfig(kubeconfig)
		switch {
		case err != nil && kubeconfig == "":
			return "", "", fmt.Errorf("outside of a pod of Kubernetes it needs a kubeconfig: %w", err)
		case err != nil:
			return "", "", err
		case access.BearerToken == "" && access.BearerTokenFile == "":
			return "", "", fmt.Errorf("the user in %s has no token: it must have one, or a tokenFile; a program (exec) or a certificate is not enough", kubeconfig)
		}
		return access.BearerToken, access.BearerTokenFile, nil
	}
	_, file, err := read()
	if err != nil || file != "" {
		return newTokenFile(file, "Bearer"), err
	}
	return &tokenFile{watched{path: kubeconfig}, "Bearer", func() (string, error) {
		token, _, err := read()
		return token, err
	}}, nil
}

// login says how a person gets this server an identity, if it has none. Percli's login comes first: it is renewed for a day,
// and a token that is given lasts for minutes.
func login(u *common.URL) string {
	return fmt.Sprintf("Run `percli login %s` and start the server again: it uses that login from then on. Or start it with PERSES_TOKEN set to the token that `percli whoami --show-token` shows.", u)
}

// restart says how a person gets a token to this server.
func restart(u *common.URL) string {
	return fmt.Sprintf("Run `percli login %s` and `percli whoami --show-token`, and start the server again with PERSES_TOKEN set to the token after \"Token used:\".", u)
}
