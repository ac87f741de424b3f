package server_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// passingThrough returns a server for the Perses at url with --auth=passthrough.
func passingThrough(t testing.TB, url string, change ...func(*server.Options)) *server.Server {
	t.Helper()
	backend, err := perses.Open(perses.Options{Perses: at(url), Passthrough: true, Trust: perses.Trust{"global", "project"}})
	if err != nil {
		t.Fatal(err)
	}
	return newServer(t, never, nil, append(change, func(o *server.Options) { o.Perses = backend })...)
}

// from returns the message with credentials.
func (m message) from(authorization string) message {
	headers := m.headers.Clone()
	headers.Set("Authorization", authorization)
	return message{m.body, headers}
}

// Requests without credentials are refused before their body is read.
func TestMissingCredentials(t *testing.T) {
	asked := atomic.Int64{}
	fake := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked.Add(1) }))
	defer fake.Close()
	w := serveHTTP(t, passingThrough(t, fake.URL))
	inEachEra(t, func(t *testing.T, e era) {
		for _, m := range []message{
			e.request("1", "initialize", `"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"x","version":"1"}`, ""),
			e.request("1", "ping", "", ""),
			e.request("1", "tools/list", "", ""),
			e.call("1", "perses_list_projects", "{}"),
			e.call("1", "perses_list_projects", "{}").from("Bearer"),
			{"nonsense", e.headers("", "")},
		} {
			got := w.post(t, m)
			if got.status != 401 || got.header.Get("Www-Authenticate") != "Bearer" || !strings.Contains(got.body, "Authorization header") {
				t.Errorf("%s: got %d, %q: %s", m.body, got.status, got.header.Get("Www-Authenticate"), got.body)
			}
		}
	})
	for _, path := range []string{server.ResourcePath, server.ResourcePath + server.Endpoint} {
		if got := w.send(t, http.MethodGet, path, nil, nil); got.status != 404 {
			t.Errorf("%s: got %d: %s", path, got.status, got.body)
		}
	}
	for _, path := range []string{server.LivePath, server.HealthPath} { // health checks need no credentials
		if got := w.send(t, http.MethodGet, path, nil, nil); got.status != 200 {
			t.Errorf("%s: got %d", path, got.status)
		}
	}
	if n := asked.Load(); n != 0 {
		t.Errorf("%d requests reached Perses", n)
	}
}

// A host finds the authorization server in the metadata, under the name by which it knows this server.
func TestResourceMetadata(t *testing.T) {
	w := serveHTTP(t, passingThrough(t, never, func(o *server.Options) {
		o.ResourceMetadata, o.AllowedHosts = "https://login.example/realms/team", []string{"mcp.example"}
	}))
	for _, test := range []struct{ host, proto, origin string }{
		{"", "", w.url}, {"mcp.example", "", "http://mcp.example"}, {"mcp.example", "https", "https://mcp.example"},
	} {
		headers := http.Header{"Host": {test.host}, "X-Forwarded-Proto": {test.proto}}
		refused := w.send(t, http.MethodPost, server.Endpoint, strings.NewReader("{}"), headers)
		if got, want := refused.header.Get("Www-Authenticate"), `Bearer resource_metadata="`+test.origin+server.ResourcePath+`/mcp"`; refused.status != 401 || got != want {
			t.Errorf("got %d, %s\nwant %s", refused.status, got, want)
		}
		want := `{"authorization_servers":["https://login.example/realms/team"],"bearer_methods_supported":["header"],"resource":"` + test.origin + `/mcp","resource_name":"Perses"}`
		for _, path := range []string{server.ResourcePath, server.ResourcePath + server.Endpoint} {
			if got := w.send(t, http.MethodGet, path, nil, headers); got.status != 200 || got.body != want || got.header.Get("Content-Type") != "application/json" {
				t.Errorf("%s: got %d: %s", path, got.status, got.body)
			}
		}
	}
	if got := w.send(t, http.MethodGet, server.ResourcePath, nil, http.Header{"Host": {"evil.example"}}); got.status != 403 {
		t.Errorf("another host: got %d: %s", got.status, got.body)
	}
}

// A host gets a new token only if the server answers with 401, so the server must do that exactly when Perses refuses the credentials.
func TestRefusedCredentialsAreChallenged(t *testing.T) {
	p := persestest.SharedAuth(t)
	good, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	w := serveHTTP(t, passingThrough(t, p.URL, func(o *server.Options) { o.ResourceMetadata = "https://login.example" }))
	want := `Bearer error="invalid_token", resource_metadata="` + w.url + server.ResourcePath + `/mcp"`
	inEachEra(t, func(t *testing.T, e era) {
		for _, m := range []message{
			e.call("1", "perses_list_projects", "{}"),
			e.call("1", "perses_get_server_info", "{}"),
			e.call("1", "perses_create_project", `{"project":"not-mine"}`),
			e.request("1", "resources/read", `"uri":"perses://projects"`, "perses://projects"),
		} {
			got := w.post(t, m.from("Bearer ended"))
			if got.status != 401 || got.header.Get("Www-Authenticate") != want || got.body != "Perses does not accept the credentials that came with this call\n" {
				t.Errorf("%s: got %d, %s: %s\nwant %s", m.body, got.status, got.header.Get("Www-Authenticate"), got.body, want)
			}
		}
		// Calls without Perses, valid tokens and missing permissions are no reason to get a new token.
		for _, m := range []message{
			e.request("1", "tools/list", "", "").from("Bearer ended"),
			e.call("1", "perses_list_projects", "{}").from("Bearer " + good),
			e.call("1", "perses_get_project_by_name", `{"project":"no-such"}`).from("Bearer " + good),
		} {
			if got := w.post(t, m); got.status != 200 || got.header.Get("Www-Authenticate") != "" {
				t.Errorf("%s: got %d, %q", m.body, got.status, got.header.Get("Www-Authenticate"))
			}
		}
	})
}

// No header that could be parsed as two headers, or as another header, reaches Perses.
func TestHeaderSmuggling(t *testing.T) {
	var seen atomic.Value
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		seen.Store(fmt.Sprint(r.Header))
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "[]")
	}))
	defer fake.Close()
	w := serveHTTP(t, passingThrough(t, fake.URL))
	call := eras[0].call("1", "perses_list_projects", "{}")
	for name, headers := range map[string]string{
		"two":           "Authorization: Bearer a\r\nAuthorization: Bearer b\r\n",
		"a folded line": "Authorization: Bearer a\r\n X-Admin: yes\r\n",
		"a line feed":   "Authorization: Bearer a\nX-Admin: yes\r\n",
		"a return":      "Authorization: Bearer a\rX-Admin: yes\r\n",
		"a zero":        "Authorization: Bearer a\x00b\r\n",
		"beyond ASCII":  "Authorization: Bearer \xc3\xa4\r\n",
		"a tab":         "Authorization: Bearer a\tb\r\n",
	} {
		seen.Store("")
		raw := "POST /mcp HTTP/1.1\r\nHost: " + strings.TrimPrefix(w.url, "http://") + "\r\nContent-Type: application/json\r\n" + headers +
			fmt.Sprintf("Connection: close\r\nContent-Length: %d\r\n\r\n%s", len(call.body), call.body)
		answered := w.raw(t, raw)
		got := seen.Load().(string)
		refused := got == "" && strings.HasPrefix(answered, "HTTP/1.1 40")
		// A line feed alone also ends a header. The rest is another header, which is not passed on.
		alone := name == "a line feed" && strings.Contains(got, "Authorization:[Bearer a]") && !strings.Contains(got, "X-Admin")
		if !refused && !alone {
			t.Errorf("%s: Perses saw %s; answered %.200s", name, got, answered)
		}
	}
}

// An expired or invalid token is an error that says what to do.
func TestExpiredAndInvalidTokens(t *testing.T) {
	p, err := persestest.Start(t.Context(), persestest.Options{Auth: true, AccessTokenTTL: time.Second})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Stop() }()
	ended, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	var l log
	w := serveHTTP(t, passingThrough(t, p.URL, logTo(&l)))
	call := eras[0].call("1", "perses_list_projects", "{}")
	for failed := false; !failed; { // until it has expired
		_, failed = textOf(t, w.post(t, call.from("Bearer "+ended)))
	}
	signature := ended[strings.LastIndex(ended, ".")+1:]
	for name, token := range map[string]string{
		"ended":             ended,
		"garbage":           "garbage",
		"signed by nobody":  strings.TrimSuffix(ended, signature) + "AAAA",
		"of another Perses": "eyJhbGciOiJIUzUxMiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiJhZG1pbiJ9." + signature,
		"of another sort":   "Basic",
		"of a great length": strings.Repeat("x", 30_000),
	} {
		text, failed := textOf(t, w.post(t, call.from("Bearer "+token)))
		if !failed || !strings.Contains(text, "Perses does not accept the credentials that came with this call") ||
			!strings.Contains(text, "put it into the Authorization header in the settings of your host") || strings.Contains(text, token) && token != "Basic" {
			t.Errorf("%s: got %.400q", name, text)
		}
		if len(token) > 10 && strings.Contains(l.String(), token) {
			t.Errorf("%s: the token is in the log", name)
		}
	}
}

// BenchmarkCallers measures the throughput of 64 callers with the same credentials, or with different ones. The fake Perses accepts all.
func BenchmarkCallers(b *testing.B) {
	const callers = 64
	fake := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `[{"kind":"Project","metadata":{"name":"p"}}]`)
	}))
	defer fake.Close()
	w := serveHTTP(b, passingThrough(b, fake.URL))
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: callers}}
	body := eras[0].call("1", "perses_list_projects", "{}").body
	for name, token := range map[string]func(caller int) string{
		"same": func(int) string { return "the-same" },
		"own":  func(caller int) string { return fmt.Sprintf("own-%03d", caller) },
	} {
		b.Run(name, func(b *testing.B) {
			var group sync.WaitGroup
			left := atomic.Int64{}
			left.Store(int64(b.N))
			for caller := range callers {
				group.Go(func() {
					for left.Add(-1) >= 0 {
						r, err := http.NewRequest(http.MethodPost, w.url+server.Endpoint, strings.NewReader(body))
						if err != nil {
							b.Error(err)
							return
						}
						r.Header = http.Header{"Content-Type": {"application/json"}, "Authorization": {"Bearer " + token(caller)}}
						response, err := client.Do(r)
						if err != nil {
							b.Error(err)
							return
						}
						_, _ = io.Copy(io.Discard, response.Body)
						_ = response.Body.Close()
					}
				})
			}
			group.Wait()
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
		})
	}
}
