package server

import (
	"cmp"
	"context"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/mark3labs/mcp-go/mcp"
)

// onlyFrom refuses what a web page could send through the browser of somebody who can reach this server
// (403): requests from another origin, unless it is an allowed one, and requests for another host, as which a page
// appears that has bound its own name to this address.
func (s *Server) onlyFrom(address net.Addr, next http.Handler) http.Handler {
	origins := http.NewCrossOriginProtection()
	for _, origin := range s.AllowedOrigins {
		_ = origins.AddTrustedOrigin(origin) // the settings have no wrong ones
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !s.knownHost(r, address) {
			host := clipped(hostOf(r.Host))
			s.refusals.log(r.Context(), "host", host, "--allowed-hosts")
			http.Error(w, "this server is not known as "+host+": --allowed-hosts can name it", http.StatusForbidden)
			return
		}
		// The protection lets methods pass that must not change anything; here none is for a browser.
		asPost := *r
		asPost.Method = http.MethodPost
		if err := origins.Check(&asPost); err != nil {
			from := cmp.Or(clipped(r.Header.Get("Origin")), "of another site") // browsers leave it out of some requests
			s.refusals.log(r.Context(), "origin", from, "--allowed-origins")
			http.Error(w, "requests from the web page "+from+" are not accepted: --allowed-origins can name its origin", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// postOnly refuses the methods that this server has no use for: without sessions there is no stream to GET and nothing to
// DELETE.
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

// knownHost tells whether the Host of a request is one that this server goes by: loopback, the address that the request
// has arrived at, and the allowed ones. If none are allowed, a server that listens on every address may have any name
// there, but never on the loopback one.
func (s *Server) knownHost(r *http.Request, listening net.Addr) bool {
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

// inMemory is the body of a request that bounded has read.
type inMemory struct {
	io.Reader
	text []byte
}

func (inMemory) Close() error { return nil }

// apart keeps callers apart and the end in sight. Without sessions mcp-go knows a request by its id alone,
// so one caller's cancellation would end another's call of the same number: it is accepted and dropped, and
// a caller cancels by closing the request. A request that listens for notifications ends with streams.
func apart(streams context.Context, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch m, _ := read(r.Body.(inMemory).text); m.Method {
		case mcp.MethodNotificationCancelled:
			w.WriteHeader(http.StatusAccepted)
			return
		case mcp.MethodSubscriptionsListen:
			ctx, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(streams, cancel)()
			r = r.WithContext(ctx)
		}
		next.ServeHTTP(w, r)
	})
}
