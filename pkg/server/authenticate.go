package server

import (
	"net/http"
	"strings"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/credentials"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

// ResourcePath is the path of the metadata from which hosts learn the authorization server (RFC 9728). Hosts also request it with the
// path of the endpoint appended.
const ResourcePath = "/.well-known/oauth-protected-resource"

// authenticate refuses requests without credentials (401) if callers must bring their own, and puts the credentials into the context.
// Only Perses can tell whether they are valid.
func (s *Server) authenticate(next http.Handler) http.Handler {
	if !s.Perses.Passthrough() {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		metadata := ""
		if s.ResourceMetadata != "" {
			metadata = `resource_metadata="` + resourceOf(r, s.TLS, ResourcePath+Endpoint) + `"`
		}
		caller, err := credentials.NewCaller(r.Header)
		if err != nil {
			w.Header().Set("WWW-Authenticate", strings.TrimSpace("Bearer "+metadata))
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		if metadata != "" {
			w = &challengeWriter{ResponseWriter: mcpgo.ResponseWriter{ResponseWriter: w}, caller: caller, challenge: `Bearer error="invalid_token", ` + metadata}
		}
		next.ServeHTTP(w, r.WithContext(credentials.WithCaller(r.Context(), caller)))
	})
}

// challengeWriter answers with status 401 and a challenge if Perses has refused the caller's credentials during the call. It makes a
// host get a new token (RFC 6750), which an error in the answer of a tool would not.
type challengeWriter struct {
	mcpgo.ResponseWriter
	caller    *credentials.Caller
	challenge string
	started   bool
	replaced  bool // the challenge has replaced the answer
}

func (c *challengeWriter) WriteHeader(status int) {
	if c.replaced {
		return
	}
	if !c.started && c.caller.Refused() {
		c.started, c.replaced = true, true
		c.Header().Set("WWW-Authenticate", c.challenge)
		http.Error(c.ResponseWriter, "Perses does not accept the credentials that came with this call", http.StatusUnauthorized)
		return
	}
	c.started = true
	c.ResponseWriter.WriteHeader(status)
}

func (c *challengeWriter) Write(p []byte) (int, error) {
	if !c.started {
		c.WriteHeader(http.StatusOK)
	}
	if c.replaced {
		return len(p), nil
	}
	return c.ResponseWriter.Write(p)
}

// describeResource serves the metadata of the endpoint.
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

// resourceOf returns the URL of a path as the sender of r knows this server. Hosts compare it with the URL that they use.
func resourceOf(r *http.Request, tls bool, path string) string {
	scheme := "http://"
	if tls || strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https") {
		scheme = "https://"
	}
	return scheme + r.Host + path
}
