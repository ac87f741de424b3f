package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// fake is something at the address of Perses that behaves as a real one never would when asked to.
type fake struct {
	url   string
	asked chan *http.Request // receives every request
}

// newFake answers every request with the handler.
func newFake(t testing.TB, handler http.HandlerFunc) fake {
	t.Helper()
	f := fake{asked: make(chan *http.Request, 100)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // only then net/http notices that the caller has left
		f.asked <- r
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

// newHanging makes a fake that never answers. The channel receives for each request that its end has come.
func newHanging(t testing.TB) (f fake, left <-chan struct{}) {
	t.Helper()
	ends := make(chan struct{}, 100)
	return newFake(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		ends <- struct{}{}
	}), ends
}
