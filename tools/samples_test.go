package tools_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server/servertest"
	"github.com/perses/mcp-server/tools"
)

type object = map[string]any

// sample is the name of the documents, one of each kind, to which the arguments of samplesFor refer.
const sample = "contract"

// specs has the minimal spec that Perses accepts for each kind, with a secret in every possible place.
var specs = map[string]object{
	"Project": {"display": object{"name": "see http://me:" + secretValue + "@prom.example"}},
	"Dashboard": {
		"duration": "1h", "datasources": object{"local": object{"plugin": object{"kind": "PrometheusDatasource", "spec": proxy}}},
		"panels": object{sample: object{"kind": "Panel", "spec": object{
			"plugin": object{"kind": "StatChart", "spec": object{"calculation": "last"}},
			"queries": []any{object{"kind": "TimeSeriesQuery", "spec": object{"plugin": object{"kind": "PrometheusTimeSeriesQuery", "spec": object{
				"query": "talk_up", "datasource": object{"kind": "PrometheusDatasource", "name": live}}}}}},
		}}},
	},
	"EphemeralDashboard": {"ttl": "1h", "duration": "1h", "panels": object{}, "layouts": []any{}},
	"Folder":             {"display": object{"name": "Contract"}},
	"Datasource":         {"plugin": object{"kind": "PrometheusDatasource", "spec": proxy}},
	"GlobalDatasource":   {"plugin": object{"kind": "PrometheusDatasource", "spec": proxy}},
	"Variable":           {"kind": "TextVariable", "spec": object{"value": "x"}},
	"GlobalVariable":     {"kind": "TextVariable", "spec": object{"value": "x"}},
	"Secret":             {"basicAuth": object{"username": "u", "password": secretValue}},
	"GlobalSecret":       {"authorization": object{"type": "Bearer", "credentials": secretValue}},
	"Role":               {"permissions": []any{object{"actions": []string{"read"}, "scopes": []string{"*"}}}},
	"GlobalRole":         {"permissions": []any{object{"actions": []string{"read"}, "scopes": []string{"*"}}}},
	"RoleBinding":        {"role": sample, "subjects": []any{object{"kind": "User", "name": sample}}},
	"GlobalRoleBinding":  {"role": sample, "subjects": []any{object{"kind": "User", "name": sample}}},
	"User":               {"nativeProvider": object{"password": secretValue}},
}

// live is the name of the only datasource in the sample project that answers.
const live = "live"

const secretValue = "s3cr3t-that-nobody-sees"

var proxy = object{"proxy": object{"kind": "HTTPProxy", "spec": object{
	"url":     "http://me:" + secretValue + "@prom.example",
	"headers": object{"X-Api-Key": secretValue, "Cookie": secretValue},
}}}

// documentOf returns a sample document of a kind.
func documentOf(kind tools.Kind, name, project string) object {
	metadata := object{"name": name}
	if kind.Kind != "Project" && kind.Kind != "User" && !strings.HasPrefix(string(kind.Kind), "Global") {
		metadata["project"] = project
	}
	return object{"kind": kind.Kind, "metadata": metadata, "spec": specs[string(kind.Kind)]}
}

// samplesFor returns arguments for a tool that refer to the samples. A test must add arguments that are unknown here.
func samplesFor(t *testing.T, tool tools.Tool) object {
	t.Helper()
	arguments := object{}
	for _, p := range tool.Params {
		if !p.Required {
			continue
		}
		switch {
		case p.Name == "kind" && tool.Name == "perses_get_plugin_schema":
			arguments["kind"] = "TimeSeriesChart"
		case p.Name == "kind":
			arguments["kind"], arguments["project"] = "Folder", sample
		case p.Name == "type":
			arguments["type"] = "PrometheusDatasource"
		case p.Name == "panel":
			arguments["panel"] = sample
		case p.Name == "query":
			arguments["query"] = "talk_up"
		case p.Name == "edits":
			arguments["edits"] = []object{{"op": "set", "title": "Contract"}}
		case p.Name == "url":
			arguments["url"] = "http://prom.example"
		case p.Name == "sketch":
			arguments["sketch"] = object{"title": sample, "panels": []any{object{"title": "Notes", "text": "Hi"}}}
		case p.Type == tools.Name:
			arguments[p.Name] = sample
		case p.Type == tools.Document:
			arguments[p.Name] = object{"kind": "Dashboard", "metadata": object{"name": sample, "project": sample}, "spec": object{"duration": "2h"}}
		default:
			t.Fatalf("%s: no sample for %s", tool.Name, p.Name)
		}
	}
	switch tool.Name {
	case "perses_copy_resource":
		delete(arguments, "project")
		arguments["from_project"], arguments["to_name"] = sample, sample+"-new"
	case "perses_migrate_grafana_dashboard":
		arguments["grafana_dashboard"] = object{"title": sample, "panels": []any{object{"type": "text", "title": sample, "options": object{"content": sample}}}}
		arguments["name"] = sample + "-migrated"
	case "perses_rename_resource":
		arguments["new_name"] = sample + "-new"
	case "perses_create_project_variable":
		arguments["value"] = "x"
	case "perses_check_dashboard":
		arguments["dashboard"] = sample
	}
	if has(tool, "datasource") && arguments["datasource"] == nil {
		arguments["datasource"], arguments["project"] = live, sample
	}
	return arguments
}

func has(tool tools.Tool, parameter string) bool {
	return slices.ContainsFunc(tool.Params, func(p tools.Param) bool { return p.Name == parameter })
}

// seeded returns the Perses with logins, with a sample document of each kind and a datasource that answers, and the token of its
// administrator.
func seeded(t *testing.T) (p *persestest.Perses, token string) {
	t.Helper()
	p = persestest.SharedAuth(t)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	host := servertest.Connect(t, servertest.New(t, p.URL, servertest.Options{Token: token}))
	for _, kind := range tools.Kinds() {
		if text, failed := host.Call("perses_apply_resource", object{"resource": documentOf(kind, sample, sample)}); failed {
			t.Fatal(text)
		}
	}
	spec := object{"plugin": object{"kind": "PrometheusDatasource", "spec": object{"proxy": object{"kind": "HTTPProxy", "spec": object{"url": withSamples(t).URL}}}}}
	document := object{"kind": "Datasource", "metadata": object{"name": live, "project": sample}, "spec": spec}
	if text, failed := host.Call("perses_apply_resource", object{"resource": document}); failed {
		t.Fatal(text)
	}
	return p, token
}

// recorder records the requests to a Perses. It forwards them to a real one, or answers none.
type recorder struct {
	*httptest.Server
	requests atomic.Int64
	writes   atomic.Int64 // those that could change something
	body     atomic.Pointer[[]byte]
	mu       sync.Mutex
	asked    map[string]int // how many requests each path got
}

// paths returns the paths of the requests so far.
func (r *recorder) paths() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Collect(maps.Keys(r.asked))
}

// times returns the number of requests for a path so far.
func (r *recorder) times(path string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.asked[path]
}

// written returns the body of the last request that writes.
func (r *recorder) written() []byte { return *r.body.Load() }

func record(t *testing.T, behind string) *recorder {
	t.Helper()
	r := &recorder{asked: map[string]int{}}
	next := http.NotFoundHandler()
	if behind != "" {
		target, err := url.Parse(behind)
		if err != nil {
			t.Fatal(err)
		}
		next = &httputil.ReverseProxy{Rewrite: func(p *httputil.ProxyRequest) { p.SetURL(target) }}
	}
	r.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		r.requests.Add(1)
		r.mu.Lock()
		r.asked[request.URL.Path]++
		r.mu.Unlock()
		if request.Method != http.MethodGet && !strings.HasPrefix(request.URL.Path, "/api/validate/") && request.URL.Path != "/api/migrate" {
			r.writes.Add(1)
			body, err := io.ReadAll(request.Body)
			if err != nil {
				t.Error(err)
			}
			r.body.Store(&body)
			request.Body = io.NopCloser(bytes.NewReader(body))
		}
		next.ServeHTTP(w, request)
	}))
	t.Cleanup(r.Close)
	return r
}

// answering returns a fake Perses with fixed answers, for cases that a real one does not produce.
func answering(t *testing.T, answers map[string]any) *recorder {
	t.Helper()
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		answer, ok := answers[r.URL.Path]
		if !ok {
			w.WriteHeader(http.StatusNotFound)
			answer = object{"message": "document not found"}
		}
		_ = json.NewEncoder(w).Encode(answer)
	}))
	t.Cleanup(fake.Close)
	return record(t, fake.URL)
}

// with returns a copy of arguments with one value replaced.
func with(arguments object, name string, value any) object {
	changed := object{name: value}
	for k, v := range arguments {
		if k != name {
			changed[k] = v
		}
	}
	return changed
}

var badNames = []string{"", ".", "..", "../x", "a/b", "%2e%2e", "a b", "ä", "a\n", strings.Repeat("x", 76)}

func describe(arguments object) string { return fmt.Sprintf("%.200v", arguments) }
