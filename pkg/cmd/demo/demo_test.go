package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/persestest"
)

// maxDuration is the maximum duration of a demo in a test.
const maxDuration = 2 * time.Minute

func TestMain(m *testing.M) { persestest.Main(m) }

func buildServer(t *testing.T) string { return persestest.Program(t, "github.com/perses/mcp-server") }

// demo is a running demo, which is killed when its test ends.
type demo struct {
	*exec.Cmd
	out    *bufio.Reader
	shown  bytes.Buffer // the part of out that was read
	stderr bytes.Buffer // complete when the demo has ended
}

func startDemo(t *testing.T, args ...string) *demo {
	t.Helper()
	if _, err := persestest.Build(t.Context(), t.Output()); err != nil { // does not count towards maxDuration
		t.Fatal(err)
	}
	d := &demo{Cmd: exec.Command(persestest.Program(t, "github.com/perses/mcp-server/pkg/cmd/demo"), args...)}
	d.Stderr = &d.stderr
	out, err := d.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.out = bufio.NewReader(io.TeeReader(out, &d.shown))
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	late := time.AfterFunc(maxDuration, func() { _ = d.Process.Kill() })
	t.Cleanup(func() {
		late.Stop()
		_ = d.Process.Kill()
		_ = d.Wait()
	})
	return d
}

// readTo reads the output up to the line that contains the text.
func (d *demo) readTo(t *testing.T, text string) {
	t.Helper()
	for {
		line, err := d.out.ReadString('\n')
		if err != nil {
			t.Fatalf("%q is not printed: %v\n%s%s", text, err, &d.shown, &d.stderr)
		}
		if strings.Contains(line, text) {
			return
		}
	}
}

// finish waits for the end of the demo and returns its output.
func (d *demo) finish(t *testing.T) string {
	t.Helper()
	if _, err := io.Copy(io.Discard, d.out); err != nil {
		t.Fatal(err)
	}
	_ = d.Wait() // the exit code is checked instead
	if code := d.ProcessState.ExitCode(); code != 0 {
		t.Errorf("exit code %d: %s", code, &d.stderr)
	}
	return d.shown.String()
}

// addresses returns the addresses of Perses, Prometheus and MCP in the output.
func addresses(t *testing.T, shown string) (persesURL, prometheusURL, mcpURL string) {
	t.Helper()
	match := regexp.MustCompile(`(?s)\n  Perses      (http://127\.0\.0\.1:\d+)\n.*\n  Prometheus  (http://127\.0\.0\.1:\d+)\n` +
		`  MCP         (http://127\.0\.0\.1:\d+/mcp)\n`).FindStringSubmatch(shown)
	if match == nil {
		t.Fatalf("no addresses of Perses, Prometheus and MCP in:\n%s", shown)
	}
	return match[1], match[2], match[3]
}

var hostPort = regexp.MustCompile(`127\.0\.0\.1:\d+`)

func wantClosed(t *testing.T, urls ...string) {
	t.Helper()
	for _, url := range urls {
		connection, err := net.Dial("tcp", hostPort.FindString(url))
		if err == nil {
			_ = connection.Close()
		}
		if !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("%s still listens: %v", url, err)
		}
	}
}

func TestOnce(t *testing.T) {
	t.Parallel() // both tests of a whole demo wait for data
	binary := buildServer(t)
	folder := t.TempDir()
	shown := startDemo(t, "--once", "--port", "0", "--server", binary, "--pictures", folder).finish(t)
	persesURL, prometheusURL, mcpURL := addresses(t, shown)
	wantClosed(t, persesURL, prometheusURL, mcpURL)

	rest := shown
	for _, want := range []string{
		"Waiting for 25 seconds of data", "5 of 25", "25 of 25",
		"call    perses_list_projects {}", `answer  {"items":[{"name":"demo"`,
		`call    perses_list_dashboards {"projct":"demo"}`, "error ", "did you mean project?",
		`call    perses_list_dashboards {"project":"demo"}`, "answer ", `"name":"benchmark"`,
		"call    perses_get_dashboard_by_name", "answer ", `"outline":{"kind":`,
		`"path":"/spec/panels/0_0"}`, "answer ", `"name":"CPU Busy"`,
		"call    perses_build_dashboard", "gaugs", "error ", `there is no "gaugs". Nearest:`, "gauge",
		"call    perses_build_dashboard", "Is it up?", "answer ", `"effect":"created"`,
		"call    perses_edit_dashboard", "change_panel", "answer ", `"effect":"updated"`,
		"call    perses_check_dashboard", "answer ", `{"ok":true`,
		"read    perses://projects/demo/dashboards/perses-at-work", "answer ", `"name":"Perses at work"`,
		"call    perses_find_metrics", "answer ", `"perses_http_request_duration_second"`,
		"call    perses_query", "answer ", `"mean":`,
		"call    perses_run_panel", "answer ", `"statuses":{"data":`,
		"call    perses_render_panel", "answer ", `"status":"data"`,
		"picture " + filepath.Join(folder, "demo.png") + " (900 × 420 pixels, ",
		"call    perses_render_dashboard", "answer ", `"statuses":{"data":`,
		"picture " + filepath.Join(folder, "demo-dashboard.png") + " (1280 × ",
		"without its user interface", "Claude Desktop", "Cursor", "VS Code",
	} {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q is missing or out of order in:\n%s", want, shown)
		}
		rest = after
	}
	wantBlocks(t, shown, []hostConfig{
		{MCPServers: map[string]hostServer{"perses": {Command: binary, Args: []string{"--perses-server-url", persesURL}}}},
		{MCPServers: map[string]hostServer{"perses": {URL: mcpURL}}},
		{Servers: map[string]hostServer{"perses": {Type: "http", URL: mcpURL}}},
	})
	wantPicture(t, shown, filepath.Join(folder, "demo.png"))
	wantPicture(t, shown, filepath.Join(folder, "demo-dashboard.png"))
	if strings.Contains(shown, "\x1b") {
		t.Error("the output has colours although it is not a terminal")
	}
	for line := range strings.Lines(shown) {
		if width := len([]rune(line)) - 1; width > columns && !strings.Contains(line, binary) && !strings.Contains(line, folder) {
			t.Errorf("%d columns, more than %d: %s", width, columns, line)
		}
	}
}

func wantBlocks(t *testing.T, shown string, want []hostConfig) {
	t.Helper()
	var got []hostConfig
	for _, block := range regexp.MustCompile(`(?ms)^\{$.*?^\}$`).FindAllString(shown, -1) {
		var c hostConfig
		decoder := json.NewDecoder(strings.NewReader(block))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&c); err != nil {
			t.Fatalf("%v in %s", err, block)
		}
		got = append(got, c)
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("the configurations of hosts are %+v, want %+v", got, want)
	}
}

// wantData checks that all queries of the demo's dashboard return data, sent through Perses' proxy as its UI would.
func wantData(t *testing.T, persesURL string) {
	t.Helper()
	queries := regexp.MustCompile(`"query": ("(?:[^"\\]|\\.)+")`).FindAllStringSubmatch(sketch, -1)
	if len(queries) < 8 {
		t.Errorf("the dashboard has %d queries", len(queries))
	}
	for _, quoted := range queries {
		query, err := strconv.Unquote(quoted[1])
		if err != nil {
			t.Fatal(err)
		}
		query = strings.ReplaceAll(query, "$__rate_interval", "4s")
		proxy := persesURL + "/proxy/globaldatasources/" + strings.ToLower(datasource) + "/api/v1/query?"
		answer, err := send(t.Context(), http.MethodGet, proxy+url.Values{"query": {query}}.Encode(), nil)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(answer, []byte(`"result":[]`)) || bytes.Contains(answer, []byte(`"NaN"`)) {
			t.Errorf("%s: %s", query, answer)
		}
		t.Logf("%s: %s", query, answer)
	}
}

// TestKeepsRunning checks that the demo uses another port if its port is in use, and serves hosts until it is interrupted.
func TestKeepsRunning(t *testing.T) {
	t.Parallel()
	inUse, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer inUse.Close()
	port := strconv.Itoa(inUse.Addr().(*net.TCPAddr).Port)
	d := startDemo(t, "--port", port, "--server", buildServer(t), "--pictures", t.TempDir())
	d.readTo(t, "Port "+port+" is not available")
	d.readTo(t, "keeps running until")
	persesURL, prometheusURL, mcpURL := addresses(t, d.shown.String())
	wantData(t, persesURL)

	host, err := client.NewStreamableHttpClient(mcpURL)
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	if err := host.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := host.Initialize(t.Context(), mcp.InitializeRequest{}); err != nil {
		t.Fatal(err)
	}
	after := step{tool: "perses_list_dashboards", with: `{"project":"demo"}`, contains: []string{`"perses-at-work"`}}
	if err := after.run(t.Context(), host, t.TempDir(), newScreen(io.Discard)); err != nil {
		t.Error(err)
	}

	if err := d.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	if shown := d.finish(t); !strings.HasSuffix(shown, "Stopping.\n") {
		t.Errorf("the output does not end with Stopping:\n%s", shown)
	}
	wantClosed(t, persesURL, prometheusURL, mcpURL)
	if !strings.Contains(d.stderr.String(), "call=perses_list_dashboards") {
		t.Errorf("the call is not in the log: %s", &d.stderr)
	}
}

// TestFailures checks the errors after unexpected answers, and after a process has ended.
func TestFailures(t *testing.T) {
	out := newScreen(io.Discard)
	s, err := start(t.Context(), options{server: buildServer(t)}, out)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.stop() }()
	want := func(err error, text string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), text) {
			t.Errorf("got error %v, want one with %q", err, text)
		}
	}
	talk := func() error { return converse(t.Context(), s.server.url, t.TempDir(), out) }
	third := document{Kind: "Dashboard", Metadata: metadata{Name: "third", Project: project}, Spec: json.RawMessage(`{"duration":"1h"}`)}
	if err := post(t.Context(), s.perses.URL+"/api/v1/projects/"+project+"/dashboards", third); err != nil {
		t.Fatal(err)
	}
	want(talk(), `perses_list_dashboards: expected "total":2 in: {`)

	if err := s.prometheus.Stop(); err != nil {
		t.Fatal(err)
	}
	want(s.watch(t.Context()), "no answer from Prometheus: ")
	want(s.waitForData(t.Context(), out), "wait for data: ")
	if err := s.perses.Stop(); err != nil {
		t.Fatal(err)
	}
	want(s.watch(t.Context()), "no answer from Perses: ")
	if err := s.server.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	<-s.server.exited
	want(s.watch(t.Context()), "MCP server has ended: signal: killed; its log ends with: ")
	want(talk(), "connection refused")
}

func TestArguments(t *testing.T) {
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"once"}, `unexpected argument "once"`},
		{[]string{"--twice"}, "flag provided but not defined: -twice"},
		{[]string{"--port", "70000"}, "--port 70000 is not a port"},
		{[]string{"--server", "nowhere"}, "the MCP server does not exist"},
		{[]string{"--server", "main.go", "--pictures", "nowhere"}, "the folder for pictures does not exist"},
		{[]string{"--server", "main.go", "--pictures", "main.go"}, "--pictures main.go is not a folder"},
	} {
		err := run(t.Context(), c.args, io.Discard, io.Discard)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: got error %v, want %s", c.args, err, c.want)
		}
	}
}

func TestFit(t *testing.T) {
	digits := strings.Repeat("0123456789", 10)
	for _, c := range []struct {
		text string
		want []string
	}{
		{"short", []string{"short"}},
		{"a  line\n\tbroken", []string{"a line broken"}},
		{"between the words of a prose text", []string{"between the words of a prose", "text"}},
		{digits[:35], []string{digits[:30], "01234"}},
		{digits, []string{digits[:30], digits[:12] + "… and 58 more"}},
	} {
		if got := fit(c.text, 30, 2); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q became %q, want %q", c.text, got, c.want)
		}
	}
}
