package tools_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/plugin"
	"github.com/perses/mcp-server/pkg/server/servertest"
)

// schemaAnswer is the answer of perses_get_plugin_schema.
type schemaAnswer struct {
	Kind, Is, Module, Version, Schema, In, Hint string
	Minimal, Full, Found                        json.RawMessage
}

func getSchema(t *testing.T, host servertest.Host, kind string) (a schemaAnswer, text string) {
	t.Helper()
	text, failed := host.Call("perses_get_plugin_schema", object{"kind": kind})
	if failed {
		t.Fatalf("%s: %s", kind, text)
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		t.Fatal(err)
	}
	return a, text
}

// field matches a field in the schema of a spec, at any depth.
var field = regexp.MustCompile(`(?m)^ *([a-zA-Z]+)[?!]?:`)

// TestPluginSchemas gets the schemas of all plugins of a real Perses, which validates the examples.
func TestPluginSchemas(t *testing.T) {
	p := persestest.Shared(t)
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{}))
	list, failed := host.Call("perses_list_plugins", object{})
	if failed {
		t.Fatal(list)
	}
	var plugins struct{ Items []struct{ Name, Kind string } }
	if err := json.Unmarshal([]byte(list), &plugins); err != nil {
		t.Fatal(err)
	}
	withSchema := 0
	for _, item := range plugins.Items {
		a, text := getSchema(t, host, item.Name)
		if item.Kind == "Explore" {
			continue
		}
		withSchema++
		if len(text) > 6<<10 {
			t.Errorf("%s: %d bytes", item.Name, len(text))
		}
		if a.Is != item.Kind || a.Hint != "" || a.Minimal == nil || a.Full == nil {
			t.Errorf("%s: got %s", item.Name, text)
		}
		for _, noise := range []string{"Copyright", "Licen", "package ", "import", "@go", "TODO", "\t", "common."} {
			if strings.Contains(a.Schema, noise) {
				t.Errorf("%s: %q is in its schema:\n%s", item.Name, noise, a.Schema)
			}
		}
		if !strings.Contains(a.Schema, `"`+item.Name+`"`) || strings.Count(a.Schema, "{") != strings.Count(a.Schema, "}") {
			t.Errorf("%s: its schema is\n%s", item.Name, a.Schema)
		}
		// The schema contains all definitions that it refers to, and all fields of the full example.
		for _, definition := range regexp.MustCompile(`#[a-zA-Z_]+`).FindAllString(a.Schema, -1) {
			if !strings.Contains(a.Schema, definition+":") {
				t.Errorf("%s: %s is not in its schema:\n%s", item.Name, definition, a.Schema)
			}
		}
		var used struct{ Spec object }
		if err := json.Unmarshal(a.Full, &used); err != nil {
			t.Fatal(err)
		}
		var fields []string
		for _, f := range field.FindAllStringSubmatch(strings.ReplaceAll(a.Schema, "{", "{\n"), -1) {
			fields = append(fields, f[1])
		}
		for key := range used.Spec {
			if !slices.Contains(fields, key) {
				t.Errorf("%s: the example uses %s, which is not in the schema:\n%s", item.Name, key, a.Schema)
			}
		}
	}
	if withSchema < 15 {
		t.Errorf("only %d plugins have a schema", withSchema)
	}
}

// TestWrongExamplesAreNoticed checks that the validation of examples finds errors.
func TestWrongExamplesAreNoticed(t *testing.T) {
	p := persestest.Shared(t)
	for _, kind := range []string{"Panel", "TimeSeriesQuery", "Variable", "Datasource"} {
		wrong := plugin.Around(kind, []string{"Markdown"}, json.RawMessage(`{"kind":"Nothing","spec":{}}`))
		response, err := http.Post(p.URL+"/api/validate/dashboards", "application/json", strings.NewReader(string(wrong)))
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusBadRequest {
			t.Errorf("%s: status %d for %s", kind, response.StatusCode, wrong)
		}
	}
}

// inFront connects a host to a Perses behind a proxy. answer reports whether it has answered a request itself.
func inFront(t *testing.T, perses string, answer func(http.ResponseWriter, *http.Request) bool) servertest.Host {
	t.Helper()
	target, err := url.Parse(perses)
	if err != nil {
		t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answer(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(front.Close)
	return servertest.Connect(t, servertest.New(t, front.URL, servertest.Options{}))
}

// TestSchemaWithoutPluginFiles uses a Perses that does not serve the files of plugins, as with frontend.disable.
func TestSchemaWithoutPluginFiles(t *testing.T) {
	p := persestest.Shared(t)
	host := inFront(t, p.URL, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/plugins/") {
			return false
		}
		http.Error(w, `{"message":"not found"}`, http.StatusNotFound)
		return true
	})
	project := persestest.NewProject(t, p)
	spec := object{"duration": "1h",
		"panels": object{"p": object{"kind": "Panel", "spec": object{"display": object{"name": "p"}, "plugin": object{"kind": "LogsTable", "spec": object{"allowWrap": true}},
			"queries": []any{object{"kind": "LogQuery", "spec": object{"plugin": object{"kind": "LokiLogQuery", "spec": object{"query": `{url="http://me:hidden@x/"}`}}}}}}}}}
	if text, failed := host.Call("perses_create_dashboard", object{"project": project, "dashboard": object{"metadata": object{"name": "d"}, "spec": spec}}); failed {
		t.Fatal(text)
	}
	loki := object{"plugin": object{"kind": "LokiDatasource", "spec": object{"directUrl": "http://me:hidden@loki.example"}}}
	if text, failed := host.Call("perses_apply_resource", object{"resource": object{"kind": "Datasource", "metadata": object{"name": "loki", "project": project}, "spec": loki}}); failed {
		t.Fatal(text)
	}
	if a, text := getSchema(t, host, "LokiDatasource"); a.Found == nil || !strings.Contains(a.In, "Datasource ") || strings.Contains(text, "hidden") {
		t.Errorf("got %s", text)
	}
	a, text := getSchema(t, host, "LokiLogQuery")
	if a.Schema != "" || a.Minimal == nil || !strings.Contains(a.Hint, "does not serve the files of its plugins") || !strings.Contains(a.Hint, "found is a working one") {
		t.Errorf("got %s", text)
	}
	if !strings.Contains(string(a.Found), `"kind":"LokiLogQuery"`) || !strings.HasPrefix(a.In, "Dashboard ") || strings.Contains(text, "hidden") {
		t.Errorf("got %s", text)
	}
	if a, text = getSchema(t, host, "LokiTimeSeriesQuery"); a.Found != nil || !strings.Contains(a.Hint, "None of the dashboards that were read") {
		t.Errorf("got %s", text)
	}
}

// TestSchemaInUnusualPlace gets the schema of a plugin whose module has its files in unusual places.
func TestSchemaInUnusualPlace(t *testing.T) {
	p := persestest.Shared(t)
	host := inFront(t, p.URL, func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasSuffix(r.URL.Path, ".cue") {
			return false
		}
		http.Error(w, `{"message":"not found"}`, http.StatusNotFound)
		return true
	})
	if a, text := getSchema(t, host, "StatChart"); a.Schema != "" || !strings.Contains(a.Hint, "in the usual places") {
		t.Errorf("got %s", text)
	}
}

// TestRefusedExample uses a plugin of a version that refuses our example.
func TestRefusedExample(t *testing.T) {
	p := persestest.Shared(t)
	host := inFront(t, p.URL, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/api/validate/dashboards" {
			return false
		}
		w.Header().Set("Content-Type", "application/json")
		http.Error(w, `{"message":"bad request: spec.mode: field not allowed"}`, http.StatusBadRequest)
		return true
	})
	a, text := getSchema(t, host, "BarChart")
	if a.Minimal != nil || a.Full != nil || a.Schema == "" || !strings.Contains(a.Hint, "The full example is left out: this Perses refuses it. The minimal example is left out") {
		t.Errorf("got %s", text)
	}
}

// TestSchemaOfSeveralVersions uses two versions of a plugin, whose files have different URLs.
func TestSchemaOfSeveralVersions(t *testing.T) {
	module := func(version string) object {
		return object{"metadata": object{"name": "Shop", "version": version, "registry": "shop.example"}, "status": object{"isLoaded": true},
			"spec": object{"schemasPath": "cue", "plugins": []any{object{"kind": "Panel", "spec": object{"name": "ShopChart"}}}}}
	}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/v1/plugins":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode([]any{module("1.0.0"), module("2.0.0")})
		case "/plugins/Shop~1.0.0~shop.example/cue/shop.cue", "/plugins/Shop~latest~shop.example/cue/shop.cue":
			_, _ = w.Write([]byte("package model\nkind: \"ShopChart\"\nspec: {path: \"" + r.URL.Path + "\"}\n"))
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(front.Close)
	host := servertest.Connect(t, servertest.New(t, front.URL, servertest.Options{}))
	text, failed := host.Call("perses_get_plugin_schema", object{"kind": "shop", "version": "1.0.0"})
	if failed || !strings.Contains(text, `"version":"1.0.0"`) || !strings.Contains(text, "Shop~1.0.0~shop.example") {
		t.Errorf("got %s", text)
	}
	text, failed = host.Call("perses_get_plugin_schema", object{"kind": "shop"})
	if failed || !strings.Contains(text, `"versions":["1.0.0","2.0.0"]`) || !strings.Contains(text, "Shop~latest~shop.example") {
		t.Errorf("got %s", text)
	}
	text, failed = host.Call("perses_get_plugin_schema", object{"kind": "ShopChart", "version": "3.0.0"})
	if !failed || text != `version "3.0.0" of ShopChart is not loaded; loaded: 1.0.0, 2.0.0` {
		t.Errorf("got %s", text)
	}
}
