package server

import (
	"net/http"
	"slices"
	"strings"
)

// preflightMaxAge is how long a browser may cache the answer to a preflight request, in seconds.
const preflightMaxAge = "600"

// allowOrigins implements CORS: it lets web pages of AllowedOrigins send requests and read the answers.
func (s *Server) allowOrigins(next http.Handler) http.Handler {
	if len(s.AllowedOrigins) == 0 {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Add("Vary", "Origin")
		origin := r.Header.Get("Origin")
		if !slices.Contains(s.AllowedOrigins, strings.ToLower(origin)) {
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Origin", origin)
		if r.Method != http.MethodOptions {
			w.Header().Set("Access-Control-Expose-Headers", "Retry-After, WWW-Authenticate, "+requestIDHeader)
			next.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Access-Control-Allow-Methods", http.MethodPost)
		// "*" does not include Authorization.
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, "+
			"Traceparent, Tracestate, "+requestIDHeader)
		w.Header().Set("Access-Control-Max-Age", preflightMaxAge)
		w.WriteHeader(http.StatusNoContent)
	})
}
