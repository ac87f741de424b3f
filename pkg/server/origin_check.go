package server

import (
	"cmp"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// checkOrigin protects against requests that a web page makes a visitor's browser send (403). It refuses origins other than the
// server's own and AllowedOrigins, and unknown hosts: a page that has bound its own name to this address (DNS rebinding) sends
// that name as the host.
func (s *Server) checkOrigin(address net.Addr, next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	for _, origin := range s.AllowedOrigins {
		_ = origins.AddTrustedOrigin(origin) // pkg/config has checked them
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.isKnownHost(r, address) {
			host := truncateRefused(hostOf(r.Host))
			s.refusals.log(r.Context(), "host", host, "--allowed-hosts")
			http.Error(w, "unknown host "+host+": add it to --allowed-hosts if it is a name of this server", http.StatusForbidden)
			return
		}
		// Check lets safe methods such as GET pass, but no method here is for a foreign page.
		asPost := *r
		asPost.Method = http.MethodPost
		if err := origins.Check(&asPost); err != nil {
			origin := cmp.Or(truncateRefused(r.Header.Get("Origin")), "of another site") // some requests lack the header
			s.refusals.log(r.Context(), "origin", origin, "--allowed-origins")
			http.Error(w, "requests from the web page "+origin+" are refused: add its origin to --allowed-origins to accept them", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// postOnly refuses other methods: without sessions, there is no stream to GET and nothing to DELETE.
func postOnly(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.Header().Set("Allow", http.MethodPost)
			http.Error(w, "want POST", http.StatusMethodNotAllowed)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// isKnownHost reports whether the host of a request is loopback, the address at which the request arrived, or in AllowedHosts. If
// AllowedHosts is empty, a server that listens on all interfaces accepts any host, except for requests that arrive on loopback.
func (s *Server) isKnownHost(r *http.Request, listening net.Addr) bool {
	host := hostOf(r.Host)
	if isLoopback(host) || slices.Contains(s.AllowedHosts, strings.ToLower(host)) {
		return true
	}
	bound := hostOf(listening.String())
	if ip, err := netip.ParseAddr(bound); err != nil || !ip.IsUnspecified() {
		return strings.EqualFold(host, bound)
	}
	address, _ := r.Context().Value(http.LocalAddrContextKey).(net.Addr)
	if address == nil {
		return false
	}
	arrived := hostOf(address.String())
	return host == arrived || len(s.AllowedHosts) == 0 && !isLoopback(arrived)
}

func hostOf(address string) string {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	return strings.Trim(host, "[]")
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
