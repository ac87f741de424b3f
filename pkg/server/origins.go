package server

import (
	"net/http"
	"slices"
	"strings"
)

// preflightFor is how long a browser may remember what a page of an allowed origin may send.
const preflightFor = "600"

// shared lets web pages of the allowed origins read what they are answered. Browsers ask for that before they send
// anything, with OPTIONS, and keep answers from pages that do not say so.
func (s *Server) shared(next http.Handler) http.Handler {
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
		// "*" would leave out Authorization.
		w.Header().Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Mcp-Method, Mcp-Name, Mcp-Protocol-Version, "+
			"Traceparent, Tracestate, "+requestIDHeader)
		w.Header().Set("Access-Control-Max-Age", preflightFor)
		w.WriteHeader(http.StatusNoContent)
	})
}
