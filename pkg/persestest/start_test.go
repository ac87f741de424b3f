package persestest

import (
	"context"
	"errors"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestTwoStartsAtOnce(t *testing.T) {
	const ttl = 42 * time.Second
	var running [2]*Perses
	var wg sync.WaitGroup
	for i, o := range []Options{{}, {Auth: true, AccessTokenTTL: ttl}} {
		wg.Go(func() {
			p, err := Start(t.Context(), o)
			if err != nil {
				t.Error(err)
				return
			}
			running[i] = p
		})
	}
	wg.Wait()
	for _, p := range running {
		if p == nil {
			t.FailNow()
		}
		t.Cleanup(func() { _ = p.Stop() })
	}

	if running[0].URL == running[1].URL {
		t.Errorf("both are at %s", running[0].URL)
	}
	var login struct {
		ExpiresIn int64 `json:"expires_in"` // seconds
	}
	credentials := object{"login": AdminName, "password": AdminPassword}
	err := running[1].call(t.Context(), http.MethodPost, "/api/auth/providers/native/login", "", credentials, &login)
	if err != nil {
		t.Fatal(err)
	}
	if got := time.Duration(login.ExpiresIn) * time.Second; got != ttl {
		t.Errorf("the lifetime of a token is %s, want %s", got, ttl)
	}
	for _, p := range running {
		if err := p.Stop(); err != nil {
			t.Error(err)
		}
		if exists(p.dir) {
			t.Errorf("%s still exists", p.dir)
		}
		if err := p.checkHealth(t.Context()); err == nil {
			t.Errorf("%s answers after it was stopped", p.URL)
		}
	}
}

func TestDirIsNotRemoved(t *testing.T) {
	o := Options{Dir: filepath.Join(t.TempDir(), "database")}
	project := object{"kind": "Project", "metadata": object{"name": "kept"}}
	for _, request := range []struct {
		method, path string
		body         any
	}{
		{http.MethodPost, "/api/v1/projects", project},
		{http.MethodGet, "/api/v1/projects/kept", nil},
	} {
		p, err := Start(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		callErr := p.call(t.Context(), request.method, request.path, "", request.body, nil)
		if err := errors.Join(callErr, p.Stop()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestStartReportsWhyPersesEnded(t *testing.T) {
	_, err := Start(t.Context(), Options{Auth: true, AccessTokenTTL: -time.Second})
	if err == nil {
		t.Fatal("started with a negative lifetime of tokens")
	}
	for _, want := range []string{"it ended at once: exit status 1", "error reading configuration"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("the error lacks %q: %v", want, err)
		}
	}
}

func TestStartEndsWithItsContext(t *testing.T) {
	if _, err := Build(t.Context(), t.Output()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Start(ctx, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v, want %v", err, context.Canceled)
	}
}

func TestStopReportsThatPersesHadEnded(t *testing.T) {
	p, err := Start(t.Context(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-p.exited
	first := p.Stop()
	if first == nil || !strings.Contains(first.Error(), "Perses had ended before it was stopped") {
		t.Errorf("got error %v", first)
	}
	if again := p.Stop(); again != first {
		t.Errorf("a second Stop returned %v, want %v", again, first)
	}
	if exists(p.dir) {
		t.Errorf("%s still exists", p.dir)
	}
}
