package server_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
)

// fake is a Perses that fails in ways that a real one cannot be made to fail.
type fake struct {
	url   string
	asked chan *http.Request // receives each request
}

// newFake returns a fake that answers with the handler.
func newFake(t testing.TB, handler http.HandlerFunc) fake {
	t.Helper()
	f := fake{asked: make(chan *http.Request, 100)}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // net/http notices a disconnect only after that
		f.asked <- r
		handler(w, r)
	}))
	t.Cleanup(s.Close)
	f.url = s.URL
	return f
}

// newHanging returns a fake that never answers. left receives a value for each request that has ended.
func newHanging(t testing.TB) (f fake, left <-chan struct{}) {
	t.Helper()
	ends := make(chan struct{}, 100)
	return newFake(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		ends <- struct{}{}
	}), ends
}
