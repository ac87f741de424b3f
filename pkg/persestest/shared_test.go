package persestest

import (
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// status returns the HTTP status of an answer of Perses: 200 if err is nil.
func status(t *testing.T, err error) int {
	t.Helper()
	if err == nil {
		return http.StatusOK
	}
	e, ok := errors.AsType[*apiError](err)
	if !ok {
		t.Fatal(err)
	}
	return e.Status
}

func TestVersion(t *testing.T) {
	var health struct{ Version string }
	if err := Shared(t).call(t.Context(), http.MethodGet, "/api/v1/health", "", nil, &health); err != nil {
		t.Fatal(err)
	}
	if "v"+health.Version != Version {
		t.Errorf("the version is %s, want %s", health.Version, Version)
	}
}

func TestLogin(t *testing.T) {
	p := SharedAuth(t)
	if token, err := p.Login(t.Context(), AdminName, AdminPassword); err != nil || token == "" {
		t.Errorf("got token %q, error %v", token, err)
	}
	if _, err := p.Login(t.Context(), AdminName, "wrong"); status(t, err) != http.StatusBadRequest {
		t.Errorf("with a wrong password: %v, want a 400", err)
	}
}

func TestPermissions(t *testing.T) {
	token, err := SharedAuth(t).Login(t.Context(), AdminName, AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name   string
		perses *Perses
		token  string
		want   int
	}{
		{"anonymous without auth", Shared(t), "", http.StatusOK},
		{"administrator with auth", SharedAuth(t), token, http.StatusOK},
		{"anonymous with auth", SharedAuth(t), "", http.StatusUnauthorized},
	} {
		t.Run(c.name, func(t *testing.T) {
			project := object{"kind": "Project", "metadata": object{"name": projectName(t.Name())}}
			err := c.perses.call(t.Context(), http.MethodPost, "/api/v1/projects", c.token, project, nil)
			if got := status(t, err); got != c.want {
				t.Errorf("got %d, want %d: %v", got, c.want, err)
			}
		})
	}
}

func TestPlugins(t *testing.T) {
	var modules []struct {
		Spec struct {
			Plugins []struct{ Spec struct{ Name string } }
		}
	}
	if err := Shared(t).call(t.Context(), http.MethodGet, "/api/v1/plugins", "", nil, &modules); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, m := range modules {
		for _, p := range m.Spec.Plugins {
			names = append(names, p.Spec.Name)
		}
	}
	for _, want := range []string{"PrometheusDatasource", "PrometheusTimeSeriesQuery", "LokiLogQuery", "TimeSeriesChart", "Markdown"} {
		if !slices.Contains(names, want) {
			t.Errorf("%s is not among %v", want, names)
		}
	}
}

func TestSchemasAreChecked(t *testing.T) {
	for _, c := range []struct {
		name   string
		plugin object
		want   string // part of the error; "" for none
	}{
		{"valid", object{"kind": "Markdown", "spec": object{"text": "hello"}}, ""},
		{"unknown plugin", object{"kind": "CrystalBall", "spec": object{}}, "schema not found"},
		{"unknown field", object{"kind": "Markdown", "spec": object{"text": "hello", "tone": "shrill"}}, "field not allowed"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := Shared(t)
			project := NewProject(t, p)
			dashboard := object{
				"kind":     "Dashboard",
				"metadata": object{"name": "d", "project": project},
				"spec": object{"duration": "1h", "panels": object{
					"p": object{"kind": "Panel", "spec": object{"display": object{"name": "P"}, "plugin": c.plugin}},
				}},
			}
			err := p.call(t.Context(), http.MethodPost, "/api/v1/projects/"+project+"/dashboards", "", dashboard, nil)
			switch {
			case c.want == "" && err != nil:
				t.Error(err)
			case c.want != "" && status(t, err) != http.StatusBadRequest:
				t.Errorf("got %v, want a 400", err)
			case c.want != "" && !strings.Contains(err.Error(), c.want):
				t.Errorf("got %v, want %s", err, c.want)
			}
		})
	}
}

func TestNewProject(t *testing.T) {
	for _, p := range []*Perses{Shared(t), SharedAuth(t)} {
		var names []string
		t.Run("Some Case/with: signs "+strings.Repeat("and length ", 10), func(t *testing.T) {
			names = []string{NewProject(t, p), NewProject(t, p)}
			for _, name := range names {
				if err := p.callAsAdmin(t.Context(), http.MethodGet, "/api/v1/projects/"+name, nil, nil); err != nil {
					t.Error(err)
				}
			}
		})
		if names[0] == names[1] {
			t.Errorf("two projects have the name %s", names[0])
		}
		for _, name := range names {
			err := p.callAsAdmin(t.Context(), http.MethodGet, "/api/v1/projects/"+name, nil, nil)
			if status(t, err) != http.StatusNotFound {
				t.Errorf("after its test, project %s: %v, want a 404", name, err)
			}
		}
	}
}

func TestEphemeralDashboardsAreEnabled(t *testing.T) {
	p := Shared(t)
	project := NewProject(t, p)
	dashboard := object{
		"kind":     "EphemeralDashboard",
		"metadata": object{"name": "e", "project": project},
		"spec":     object{"duration": "1h", "ttl": "1m"},
	}
	if err := p.call(t.Context(), http.MethodPost, "/api/v1/projects/"+project+"/ephemeraldashboards", "", dashboard, nil); err != nil {
		t.Error(err)
	}
}
