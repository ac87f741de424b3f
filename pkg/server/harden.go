package server

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

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
			http.Error(w, "this server is not known as "+r.Host, http.StatusForbidden)
			return
		}
		// The protection lets methods pass that must not change anything; here none is for a browser.
		asPost := *r
		asPost.Method = http.MethodPost
		if err := origins.Check(&asPost); err != nil {
			from := cmp.Or(r.Header.Get("Origin"), "of another site") // browsers leave it out of some requests
			http.Error(w, "requests from the web page "+from+" are not accepted", http.StatusForbidden)
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

// bounded reads the body of a request before anything else sees it: at most maxMessage bytes (413 beyond
// them), no longer than bodyTimeout, and a large one when there is room for it (503 if there is none in time).
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		deadline := http.NewResponseController(w)
		_ = deadline.SetReadDeadline(time.Now().Add(bodyTimeout))
		body := http.MaxBytesReader(w, r.Body, maxMessage)
		// Until it has shown to be large, a request that is sent slowly keeps no room from others.
		text, err := io.ReadAll(io.LimitReader(body, smallMessage+1))
		if err == nil && len(text) > smallMessage {
			size := r.ContentLength
			if size < 0 || size > maxMessage {
				size = maxMessage
			}
			wait, cancel := context.WithTimeout(r.Context(), s.Timeout)
			leave, full := s.room.enter(wait, size)
			cancel()
			if full != nil {
				w.Header().Set("Retry-After", "1")
				http.Error(w, "too many large requests at once: try again", http.StatusServiceUnavailable)
				return
			}
			defer leave()
			_ = deadline.SetReadDeadline(time.Now().Add(bodyTimeout))
			whole := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead)) // of the right length at once
			_, _ = whole.Write(text)
			_, err = whole.ReadFrom(body)
			text = whole.Bytes()
		}
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			http.Error(w, "the request is larger than 4 MiB", http.StatusRequestEntityTooLarge)
			return
		}
		if err != nil {
			http.Error(w, "the request could not be read", http.StatusBadRequest)
			return
		}
		if tooManyValues(text) {
			http.Error(w, "the request has too many values", http.StatusRequestEntityTooLarge)
			return
		}
		_ = deadline.SetReadDeadline(time.Time{}) // a call may take longer than its request
		r.Body = inMemory{bytes.NewReader(text), text}
		next.ServeHTTP(w, r)
	})
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
