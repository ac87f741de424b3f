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
		caller, err := perses.CallerOf(r.Header)
		if err != nil {
			challenge := "Bearer"
			if s.ResourceMetadata != "" {
				challenge += ` resource_metadata="` + resourceOf(r, s.TLS, ResourcePath+Endpoint) + `"`
			}
			w.Header().Set("WWW-Authenticate", challenge)
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		r = r.WithContext(perses.WithCaller(r.Context(), caller))
		next.ServeHTTP(w, r)
	})
}

// describeResource answers with the metadata of the endpoint.
func (s *Server) describeResource(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
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
