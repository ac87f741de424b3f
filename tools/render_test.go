package tools_test

import (
	"bytes"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// board is a dashboard of three panels in two rows, one of them collapsed.
func board(name, project, datasource string) object {
	chart := func(kind, title, query string) object {
		return object{"kind": "Panel", "spec": object{
			"display": object{"name": title}, "plugin": object{"kind": kind, "spec": object{}},
			"queries": []any{object{"kind": "TimeSeriesQuery", "spec": object{"plugin": object{"kind": "PrometheusTimeSeriesQuery", "spec": object{
				"query": query, "seriesNameFormat": "{{instance}}", "datasource": object{"kind": "PrometheusDatasource", "name": datasource}}}}}},
		}}
	}
	row := func(title string, open bool, panel string) object {
		return object{"kind": "Grid", "spec": object{"display": object{"title": title, "collapse": object{"open": open}},
			"items": []any{object{"x": 0, "y": 0, "width": 12, "height": 6, "content": object{"$ref": "#/spec/panels/" + panel}}}}}
	}
	return object{"kind": "Dashboard", "metadata": object{"name": name, "project": project}, "spec": object{
		"duration": "1h", "timezone": "UTC",
		"panels":  object{"requests": chart("TimeSeriesChart", "Requests 🙂 日本", "rate(talk_requests_total[5m])"), "hidden": chart("TimeSeriesChart", "Hidden", "talk_up"), "bad": chart("TimeSeriesChart", "Bad", "sum(")},
		"layouts": []any{row("Seen", true, "requests"), row("Unseen", false, "hidden"), row("Broken", true, "bad")},
	}}
}

func TestPicturesAreShown(t *testing.T) {
	p := persestest.Shared(t)
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	for _, document := range []object{
		{"kind": "Datasource", "metadata": object{"name": "prom", "project": project}, "spec": withSamples(t).Datasource()},
		board("board", project, "prom"),
	} {
		if text, failed := host.Call("perses_apply_resource", object{"resource": document}); failed {
			t.Fatal(text)
		}
	}
	base := object{"project": project, "dashboard": "board", "start": "2026-01-01T00:00:00Z", "end": "2026-01-01T01:00:00Z"}
	for _, c := range []struct {
		tool          string
		more          object
		width, height int // 0 for any
		want          []string
		not           string
	}{
		{"perses_render_panel", object{"panel": "requests"}, 900, 420, []string{`"status":"data"`, `"name":"c","last":"3"`, "Requests 🙂 日本"}, `"points"`},
		{"perses_render_panel", object{"panel": "requests 🙂 日本", "width": 300, "height": 150, "theme": "dark"}, 300, 150, []string{`"name":"c","last":"3"`}, ""},
		{"perses_render_panel", object{"panel": "bad"}, 900, 420, []string{`"status":"failed"`, "parse error"}, ""},
		{"perses_render_panel", object{"panel": "requests", "start": "2020-01-01T00:00:00Z", "end": "2020-01-01T01:00:00Z"}, 900, 420, []string{`"status":"empty"`, "has no samples in this range of time"}, ""},
		{"perses_render_dashboard", object{"width": 800}, 800, 0, []string{`"statuses":{"data":1,"failed":1}`, `"notes":["collapsed rows are omitted: Unseen"]`}, "Hidden"},
	} {
		arguments := base
		for name, value := range c.more {
			arguments = with(arguments, name, value)
		}
		text, picture, failed := host.Show(c.tool, arguments)
		if failed {
			t.Errorf("%s %v: %s", c.tool, c.more, text)
			continue
		}
		for _, want := range c.want {
			if !strings.Contains(text, want) {
				t.Errorf("%s %v: got %s, want %s in it", c.tool, c.more, text, want)
			}
		}
		if c.not != "" && strings.Contains(text, c.not) {
			t.Errorf("%s %v: got %s with %s in it", c.tool, c.more, text, c.not)
		}
		decoded, err := png.Decode(bytes.NewReader(picture))
		if err != nil || len(picture) > 500_000 {
			t.Errorf("%s %v: %d bytes, %v", c.tool, c.more, len(picture), err)
			continue
		}
		if size := decoded.Bounds().Size(); size.X != c.width || c.height != 0 && size.Y != c.height {
			t.Errorf("%s %v: got a picture of %v", c.tool, c.more, size)
		}
	}
	for want, more := range map[string]object{
		`width: want 100 to 3000 pixels, got 99`:     {"panel": "requests", "width": 99},
		`height: want 100 to 3000 pixels, got 10000`: {"panel": "requests", "height": 10000},
		`theme: "blue" is not accepted`:              {"panel": "requests", "theme": "blue"},
		`has no panel with the key or title "reqs"`:  {"panel": "reqs"},
		`is not before end`:                          {"panel": "requests", "start": "2026-01-02T00:00:00Z"},
		`has no variable`:                            {"panel": "requests", "variables": object{"nope": "x"}},
	} {
		arguments := base
		for name, value := range more {
			arguments = with(arguments, name, value)
		}
		if text, picture, failed := host.Show("perses_render_panel", arguments); !failed || picture != nil || !strings.Contains(text, want) {
			t.Errorf("%v: got %s, want a refusal with %s", more, text, want)
		}
	}
}

// TestNoTokenArrivesWhereItMustNot asks, through the tools and with somebody's token, datasources that note what they get.
// Whoever may write a dashboard could put one into it to collect tokens.
func TestNoTokenArrivesWhereItMustNot(t *testing.T) {
	p := persestest.SharedAuth(t)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	arrived := map[string][]string{} // headers with credentials, by the datasource
	collector := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
		mu.Lock()
		arrived[name] = append(arrived[name], r.Header.Get("Authorization")+r.Header.Get("Cookie"))
		mu.Unlock()
		if name == "redirecting" {
			http.Redirect(w, r, "/elsewhere/"+rest, http.StatusTemporaryRedirect)
			return
		}
		_, _ = w.Write([]byte(`{"status":"success","data":{"resultType":"matrix","result":[]}}`))
	}))
	t.Cleanup(collector.Close)
	spec := func(name, secret string) object {
		proxy := object{"url": collector.URL + "/" + name}
		if secret != "" {
			proxy["secret"] = secret
		}
		return object{"default": false, "plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": proxy}}}}
	}
	project := persestest.NewProject(t, p)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
	inDashboard := board("trap", project, "collecting")
	inDashboard["spec"].(object)["datasources"] = object{"collecting": spec("collecting", "")}
	// Its owner could take the credentials out of the secret while the call goes on.
	behindSecret := board("trap-behind-secret", project, "behind-secret")
	behindSecret["spec"].(object)["datasources"] = object{"behind-secret": spec("behind-secret", "login")}
	for _, document := range []object{
		{"kind": "Secret", "metadata": object{"name": "login", "project": project}, "spec": object{"basicAuth": object{"username": "u", "password": "p"}}},
		{"kind": "Datasource", "metadata": object{"name": "trusted", "project": project}, "spec": spec("trusted", "")},
		{"kind": "Datasource", "metadata": object{"name": "redirecting", "project": project}, "spec": spec("redirecting", "")},
		{"kind": "Datasource", "metadata": object{"name": "with-secret", "project": project}, "spec": spec("with-secret", "login")},
		inDashboard, behindSecret,
	} {
		if text, failed := host.Call("perses_apply_resource", object{"resource": document}); failed {
			t.Fatal(text)
		}
	}
	inRange := object{"project": project, "query": "up", "start": "now-1h"}
	for _, name := range []string{"trusted", "redirecting", "with-secret"} {
		host.Call("perses_query", with(inRange, "datasource", name))
	}
	for _, tool := range []string{"perses_run_panel", "perses_render_dashboard"} {
		for _, dashboard := range []string{"trap", "trap-behind-secret"} {
			if text, failed := host.Call(tool, object{"project": project, "dashboard": dashboard}); failed || !strings.Contains(text, "--trusted-datasources=global,project") {
				t.Errorf("%s: got %s, want panels that say why they are not run", tool, text)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	for name, want := range map[string]string{"trusted": "Bearer " + token, "redirecting": "Bearer " + token, "with-secret": "Basic dTpw"} {
		if got := arrived[name]; len(got) == 0 || strings.Join(got, "") != strings.Repeat(want, len(got)) {
			t.Errorf("%s got %q, want %q", name, got, want)
		}
	}
	for _, name := range []string{"collecting", "behind-secret", "elsewhere"} {
		if got := arrived[name]; got != nil {
			t.Errorf("%s was asked, with %q", name, got)
		}
	}
}
