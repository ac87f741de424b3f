package persestest

import (
	"context"
	"fmt"
	"net/http"
)

// waitUntilReady returns when Perses is ready, or an error if it will not be.
func (p *Perses) waitUntilReady(ctx context.Context) error {
	var err error
	if p.URL, err = p.waitUntilListening(ctx); err != nil {
		return err
	}
	if err := p.waitFor(ctx, p.checkHealth); err != nil {
		return err
	}
	// Perses loads its plugins before it listens.
	if err := p.checkPlugins(ctx); err != nil {
		return err
	}
	if p.auth {
		// It provisions the administrator afterwards.
		return p.waitFor(ctx, p.checkAdmin)
	}
	return nil
}

func (p *Perses) checkHealth(ctx context.Context) error {
	return p.call(ctx, http.MethodGet, "/api/v1/health", "", nil, nil)
}

// checkPlugins checks that all plugin modules are loaded.
func (p *Perses) checkPlugins(ctx context.Context) error {
	var modules []struct {
		Metadata struct{ Name string }
		Status   struct {
			IsLoaded bool
			Error    string
		}
	}
	if err := p.call(ctx, http.MethodGet, "/api/v1/plugins", "", nil, &modules); err != nil {
		return err
	}
	failures := map[string]string{}
	for _, plugin := range plugins {
		failures[plugin.name] = "not found"
	}
	for _, m := range modules {
		if m.Status.IsLoaded {
			delete(failures, m.Metadata.Name)
		} else {
			failures[m.Metadata.Name] = m.Status.Error
		}
	}
	if len(failures) > 0 {
		return fmt.Errorf("plugins not loaded: %v", failures)
	}
	return nil
}

// checkAdmin checks that the administrator can log in and has permissions.
func (p *Perses) checkAdmin(ctx context.Context) error {
	token, err := p.Login(ctx, AdminName, AdminPassword)
	if err != nil {
		return err
	}
	return p.call(ctx, http.MethodGet, "/api/v1/globalroles", token, nil, nil)
}
