package perses_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	clientconfig "github.com/perses/perses/pkg/client/config"
	modelapi "github.com/perses/perses/pkg/model/api"
)

// TestASlowLoginHoldsUpNoCall: each call ends when it is its time, though all of them wait for one login, which
// then serves the next.
func TestASlowLoginHoldsUpNoCall(t *testing.T) {
	const callers = 3
	var logins atomic.Int64
	begun, proceed := make(chan struct{}), make(chan struct{})
	slow := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/login") {
			status(200, "[]")(w, r)
			return
		}
		if logins.Add(1) == 1 {
			close(begun)
		}
		<-proceed
		status(200, `{"access_token":"x","token_type":"bearer","expires_in":3600}`)(w, r)
	})
	backend := connect(t, slow.URL, func(c *clientconfig.RestConfigClient) {
		c.Authorization, c.NativeAuth = nil, &modelapi.Auth{Login: "u", Password: "p"}
	})
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	for range callers {
		group.Go(func() {
			c := backend.Client(ctx)
			_, err := c.List(projects, "", true)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got %v, want that the call was cancelled", err)
			}
			// Nothing was sent before the login, so a write would have had no effect.
			if got := c.Explain("create", projects, err).Error(); got != "cannot create projects: the call was cancelled." {
				t.Error(got)
			}
		})
	}
	<-begun
	cancel()
	group.Wait()
	close(proceed)
	if _, err := backend.Client(t.Context()).List(projects, "", true); err != nil {
		t.Error(err)
	}
	if got := logins.Load(); got > 2 {
		t.Errorf("%d logins for %d callers", got, callers+1)
	}
}
