package server

import (
	"net/http"
	"strings"

	"github.com/perses/mcp-server/pkg/perses"
)

// ResourcePath is that of the metadata by which hosts find the authorization server (RFC 9728). That of the endpoint
// follows it where a host asks for the one of that alone.
const ResourcePath = "/.well-known/oauth-protected-resource"

// authenticated lets those pass who bring credentials for Perses, if callers must bring their own, and hands these on
// with the context. Whether they are good is for Perses to say: here nothing is known of its users.
func (s *Server) authenticated(next http.Handler) http.Handler {
	if !s.Perses.Passthrough() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		metadata := ""
		if s.ResourceMetadata != "" {
			metadata = `resource_metadata="` + resourceOf(r, s.TLS, ResourcePath+Endpoint) + `"`
		}
		caller, err := perses.CallerOf(r.Header)
		if err != nil {
			w.Header().Set("WWW-Authenticate", strings.TrimSpace("Bearer "+metadata))
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if metadata != "" {
			w = &challenger{writer: writer{w}, caller: caller, challenge: `Bearer error="invalid_token", ` + metadata}
		}
		next.ServeHTTP(w, r.WithContext(perses.WithCaller(r.Context(), caller)))
	})
}

// challenger is the answer to a caller whose host can get a new token. It does so when it is answered with 401 (RFC 6750);
// the words of an error that a model reads would not make it. Elsewhere these words are all that helps.
type challenger struct {
	writer
	caller    *perses.Caller
	challenge string
	begun     bool
	replaced  bool // by the challenge
}

func (c *challenger) WriteHeader(status int) {
	if c.replaced {
		return
	}
	if !c.begun && c.caller.Refused() {
		c.begun, c.replaced = true, true
		c.Header().Set("WWW-Authenticate", c.challenge)
		http.Error(c.ResponseWriter, "Perses does not accept the credentials that came with this call", http.StatusUnauthorized)
		return
	}
	c.begun = true
	c.ResponseWriter.WriteHeader(status)
}

func (c *challenger) Write(p []byte) (int, error) {
	if !c.begun {
		c.WriteHeader(http.StatusOK)
	}
	if c.replaced {
		return len(p), nil
	}
	return c.ResponseWriter.Write(p)
}

// describeResource answers with the metadata of the endpoint.
func (s *Server) describeResource(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, "want GET", http.StatusMethodNotAllowed)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	_, _ = w.Write(perses.Marshal(map[string]any{
		"resource":                 resourceOf(r, s.TLS, Endpoint),
		"resource_name":            "Perses",
		"authorization_servers":    []string{s.ResourceMetadata},
		"bearer_methods_supported": []string{"header"},
	}))
}

// resourceOf is the address of something here by which the sender of r knows this server: hosts compare it with theirs.
func resourceOf(r *http.Request, tls bool, path string) string {
	scheme := "http://"
	if tls || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https://"
	}
	return scheme + r.Host + path
}
