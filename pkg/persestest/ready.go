package persestest

import (
	"context"
	"fmt"
	"net/http"
	"time"
)

// waitUntilReady returns when Perses can be used, or with the reason why it never will.
func (p *Perses) waitUntilReady(ctx context.Context) error {
	select {
	case address := <-p.log.address:
		p.URL = "http://" + address
	case <-p.exited:
		return p.exitError()
	case <-ctx.Done():
		return fmt.Errorf("it does not listen: %w", context.Cause(ctx))
	}
	if err := p.waitFor(ctx, p.checkHealth); err != nil {
		return err
	}
	// Perses loads its plugins before it listens. What isn't loaded by now never will be.
	if err := p.checkPlugins(ctx); err != nil {
		return err
	}
	if p.auth {
		// The provisioning of the administrator, however, goes on while it listens.
		return p.waitFor(ctx, p.checkAdmin)
	}
	return nil
}

// waitFor repeats a check until it passes, Perses ends or ctx is done.
func (p *Perses) waitFor(ctx context.Context, check func(context.Context) error) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-p.exited:
			return p.exitError()
		case <-ctx.Done():
			return fmt.Errorf("it is not ready: %w (%w)", err, context.Cause(ctx))
		}
	}
}

func (p *Perses) exitError() error { return fmt.Errorf("it ended at once: %s", p.cmd.ProcessState) }

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
		return fmt.Errorf("plugins that are not loaded: %v", failures)
	}
	return nil
}

// checkAdmin checks that the administrator can log in and has the permissions of one.
func (p *Perses) checkAdmin(ctx context.Context) error {
	token, err := p.Login(ctx, AdminName, AdminPassword)
	if err != nil {
		return err
	}
	return p.call(ctx, http.MethodGet, "/api/v1/globalroles", token, nil, nil)
}
