package main

import (
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/telemetry/telemetrytest"
)

const (
	initialize = `{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"test","version":"1"}}}` + "\n"
	initiated  = `{"jsonrpc":"2.0","method":"notifications/initialized"}` + "\n"
	listTools  = `{"jsonrpc":"2.0","id":1,"method":"tools/list"}` + "\n"
	// The last line of the input often has no newline.
	listProjects = `{"jsonrpc":"2.0","id":2,"method":"tools/call","params":{"name":"perses_list_projects","arguments":{}}}`
	none         = `{"jsonrpc":"2.0","id":2,"result":{"content":[{"type":"text","text":"{\"items\":[],\"total\":0}"}]}}` + "\n"
)

// slowPerses starts a fake Perses without projects. It answers only after answer is called.
func slowPerses(t *testing.T) (url string, asked <-chan struct{}, answer func()) {
	t.Helper()
	requests, free := make(chan struct{}, 10), make(chan struct{})
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests <- struct{}{}
		select {
		case <-free:
		case <-r.Context().Done():
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "[]")
	}))
	t.Cleanup(s.Close)
	return s.URL, requests, func() { close(free) }
}

// The server answers everything that a host sends before it closes the input. At any log level, stdout contains only the answers, one
// JSON-RPC message per line, and neither stdout nor the log contains the token.
func TestStdioProcess(t *testing.T) {
	p := persestest.SharedAuth(t)
	project := persestest.NewProject(t, p)
	token, err := p.Login(t.Context(), persestest.AdminName, persestest.AdminPassword)
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []string{"info", "debug"} {
		t.Run(level, func(t *testing.T) {
			server := start(t, ours, []string{"PERSES_TOKEN=" + token}, "--perses-server-url", p.URL, "--log-level="+level)
			input := initialize + initiated + "not JSON\n" + listTools + listProjects
			server.Send(t, input)
			_ = server.In.Close()
			out, logged, code := server.Finish(t)
			answers := map[string]string{}
			for line := range strings.Lines(out) {
				var m struct {
					JSONRPC string
					ID      json.RawMessage
				}
				if err := json.Unmarshal([]byte(line), &m); err != nil || m.JSONRPC != "2.0" {
					t.Errorf("stdout contains %q", line)
				}
				answers[string(m.ID)] = line
			}
			for id, want := range map[string]string{"0": `"perses-mcp"`, "null": "-32700", "1": `"perses_list_projects"`, "2": project} {
				if !strings.Contains(answers[id], want) {
					t.Errorf("the answer to %s lacks %s: %s", id, want, answers[id])
				}
			}
			if code != 0 || len(answers) != 4 {
				t.Errorf("got exit code %d and %d answers", code, len(answers))
			}
			if !strings.Contains(logged, "call=perses_list_projects") || strings.Contains(logged+out, token) {
				t.Errorf("the log lacks the call, or the output contains the token: %s", logged)
			}
		})
	}
}

func TestSignalOverStdio(t *testing.T) {
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		t.Run(signal.String(), func(t *testing.T) {
			url, asked, answer := slowPerses(t)
			server := start(t, ours, nil, "--perses-server-url", url)
			server.Send(t, listProjects+"\n")
			persestest.Receive(t, "the request to Perses", asked)
			if err := server.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			answer()
			if out, logged, code := server.Finish(t); out != none || code != 0 {
				t.Errorf("got exit code %d, stdout %q: %s", code, out, logged)
			}
		})
	}
}

// serve starts a server over HTTP and returns its URL.
func serve(t *testing.T, args ...string) (server *persestest.Running, url string) {
	t.Helper()
	server = start(t, ours, nil, append(args, "--transport", "streamable-http", "--port", "0")...)
	return server, strings.TrimSuffix(server.URL(t), "/mcp")
}

// After a signal, the server accepts no more calls and finishes those in flight.
func TestSignalOverHTTP(t *testing.T) {
	perses, asked, answer := slowPerses(t)
	server, url := serve(t, "--perses-server-url", perses)
	alive, err := http.Get(url + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	_ = alive.Body.Close()
	if alive.StatusCode != http.StatusOK {
		t.Errorf("got status %d", alive.StatusCode)
	}
	answered := make(chan struct{})
	go func() {
		defer close(answered)
		response, err := http.Post(url+"/mcp", "application/json", strings.NewReader(listProjects))
		if err != nil {
			t.Error(err)
			return
		}
		defer func() { _ = response.Body.Close() }()
		body, err := io.ReadAll(response.Body)
		if err != nil || response.StatusCode != http.StatusOK || string(body) != none {
			t.Errorf("got %d %s, %v", response.StatusCode, body, err)
		}
	}()
	persestest.Receive(t, "the request to Perses", asked)
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	for { // until the server closes its port, or is killed, which changes the exit code
		connection, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
		if errors.Is(err, syscall.ECONNREFUSED) {
			break
		}
		if err == nil {
			_ = connection.Close()
		}
	}
	answer()
	persestest.Receive(t, "the answer", answered)
	if out, logged, code := server.Finish(t); out != "" || code != 0 {
		t.Errorf("got exit code %d, stdout %q: %s", code, out, logged)
	}
}

// A call that takes longer than the shutdown timeout is cancelled, and the server reports an error.
func TestShutdownTimeout(t *testing.T) {
	perses, asked, answer := slowPerses(t)
	defer answer()
	server, url := serve(t, "--perses-server-url", perses, "--shutdown-timeout", "1s")
	go func() {
		if response, err := http.Post(url+"/mcp", "application/json", strings.NewReader(listProjects)); err == nil {
			_ = response.Body.Close()
		}
	}()
	persestest.Receive(t, "the request to Perses", asked)
	if err := server.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if _, logged, code := server.Finish(t); code != 1 || !strings.Contains(logged, "mcp-server: calls were still in flight") {
		t.Errorf("got exit code %d: %s", code, logged)
	}
}

// Metrics and health checks are available over HTTP, and traces over stdio as well.
func TestTelemetry(t *testing.T) {
	collector := telemetrytest.Start(t)
	for _, invalid := range []string{"OTEL_EXPORTER_OTLP_ENDPOINT=localhost:4318", "OTEL_TRACES_EXPORTER=jaeger"} {
		out, logged, code := start(t, ours, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL, invalid}).Finish(t)
		if name, _, _ := strings.Cut(invalid, "="); code != 1 || out != "" || !strings.HasPrefix(logged, "mcp-server: "+name+": want ") {
			t.Errorf("%s: got exit code %d, stdout %q: %s", invalid, code, out, logged)
		}
	}
	perses, _, answer := slowPerses(t)
	answer()
	server := start(t, ours, []string{"OTEL_EXPORTER_OTLP_ENDPOINT=" + collector.URL}, "--perses-server-url", perses)
	server.Send(t, listProjects+"\n")
	answerTo(t, server, "2")
	_ = server.In.Close()
	if _, logged, code := server.Finish(t); code != 0 {
		t.Errorf("got exit code %d: %s", code, logged)
	}
	if spans := collector.Spans(); len(spans) != 2 || spans[1].Resource["service.name"] != "perses-mcp" {
		t.Errorf("got %+v", spans)
	}
	_, url := serve(t, "--perses-server-url", perses)
	for path, want := range map[string]string{"/livez": "ok\n", "/readyz": "ok\n", "/metrics": "perses_mcp_build_info{"} {
		response, err := http.Get(url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(response.Body)
		_ = response.Body.Close()
		if err != nil || response.StatusCode != http.StatusOK || !strings.Contains(string(body), want) {
			t.Errorf("%s: got %d %s, %v", path, response.StatusCode, body, err)
		}
	}
}
