package tools_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/tools"
)

// syncBuffer is a log for concurrent calls.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

// take returns the text written since the last call.
func (s *syncBuffer) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	defer s.b.Reset()
	return s.b.String()
}

// TestNoToolRepeatsASecret calls every tool with documents that have passwords in URLs, with a datasource that repeats its
// credentials, and with passwords in each argument. No answer, error or log line contains a password or the token.
func TestNoToolRepeatsASecret(t *testing.T) {
	const password = "hunter2s3cret"
	urls := []string{
		"https://me:" + password + "@prom.example/x", "HTTPS://" + password + "@prom.example",
		"https%3A%2F%2Fme%3A" + password + "%40prom.example", "https://me:p/" + password + "@prom.example",
	}
	title := strings.Join(urls, " ")
	p := persestest.SharedAuth(t)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	project := persestest.NewProject(t, p)
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Error(w, r.Header.Get("Authorization")+" of "+urls[0]+"\nAuthorization: "+r.Header.Get("Authorization"), http.StatusBadRequest)
	}))
	t.Cleanup(echo.Close)
	var log syncBuffer
	logger := slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token, Logger: logger}))
	proxied := func(url string) object {
		return object{"display": object{"name": title}, "plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": object{"url": url}}}}}
	}
	board := object{"kind": "Dashboard", "metadata": object{"name": sample, "project": project, "tags": []string{"x"}}, "spec": object{
		"display": object{"name": title, "description": title}, "duration": "1h",
		"datasources": object{"own": proxied(urls[0])},
		"variables":   []any{object{"kind": "TextVariable", "spec": object{"name": "v", "value": title, "display": object{"name": title}}}},
		"panels": object{
			sample: object{"kind": "Panel", "spec": object{"display": object{"name": title, "description": title}, "plugin": object{"kind": "TimeSeriesChart", "spec": object{}},
				"queries": []any{object{"kind": "TimeSeriesQuery", "spec": object{"plugin": object{"kind": "PrometheusTimeSeriesQuery", "spec": object{
					"query": `up{url="` + urls[0] + `"}`, "datasource": object{"kind": "PrometheusDatasource", "name": live}}}}}}}},
			"other": object{"kind": "Panel", "spec": object{"display": object{"name": urls[0]}, "plugin": object{"kind": "Markdown", "spec": object{"text": title}},
				"links": []any{object{"url": urls[0], "name": title}}}},
		},
		"layouts": []any{object{"kind": "Grid", "spec": object{"display": object{"title": title}, "items": []any{
			object{"x": 0, "y": 0, "width": 12, "height": 6, "content": object{"$ref": "#/spec/panels/" + sample}}}}}},
	}}
	restore := func() {
		t.Helper()
		for _, document := range []object{
			{"kind": "Project", "metadata": object{"name": project}, "spec": object{"display": object{"name": title}}},
			{"kind": "Datasource", "metadata": object{"name": live, "project": project}, "spec": proxied(echo.URL)},
			{"kind": "Datasource", "metadata": object{"name": sample, "project": project}, "spec": proxied(urls[0])},
			{"kind": "Variable", "metadata": object{"name": sample, "project": project}, "spec": object{"kind": "TextVariable", "spec": object{"value": title, "display": object{"name": title}}}},
			{"kind": "Folder", "metadata": object{"name": sample, "project": project}, "spec": object{"display": object{"name": title}}},
			board,
		} {
			if text, failed := host.Call("perses_apply_resource", object{"resource": document}); failed {
				t.Fatal(text)
			}
		}
	}
	secret := regexp.MustCompile(".{0,100}(?:" + password + "|" + regexp.QuoteMeta(token) + ").{0,50}")
	call := func(tool tools.Tool, arguments object) {
		t.Helper()
		text, _ := host.Call(tool.Name, arguments)
		for what, written := range map[string]string{"answer": text, "log": log.take()} {
			if found := secret.FindString(written); found != "" {
				t.Errorf("%s %s: the %s has a secret: %s", tool.Name, describe(arguments), what, found)
			}
		}
	}
	for _, tool := range tools.All(tools.Options{}) {
		restore()
		arguments := samplesFor(t, tool)
		beyond := tool.Effect != tools.Reads // it writes what belongs to no project, which other tests have, too
		for _, p := range tool.Params {
			if p.Name == "project" || strings.HasSuffix(p.Name, "_project") {
				arguments[p.Name], beyond = project, false
			}
		}
		for _, p := range tool.Params {
			for _, url := range append(urls, sample+" "+title) {
				wrong := with(arguments, p.Name, url)
				if tool.Effect != tools.Reads {
					wrong["dry_run"] = true
				}
				call(tool, wrong)
			}
		}
		if beyond {
			arguments["dry_run"] = true
		}
		call(tool, arguments)
	}
	restore()
	for tool, arguments := range map[string]object{
		"perses_run_panel":       {"panel": "none"},
		"perses_render_panel":    {"panel": "none"},
		"perses_edit_dashboard":  {"edits": []object{{"op": "remove_panel", "panel": "none"}}},
		"perses_check_dashboard": {},
	} {
		arguments["project"], arguments["dashboard"] = project, sample
		call(tools.Tool{Name: tool}, arguments)
	}
}
