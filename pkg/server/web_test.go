package server_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/mark3labs/mcp-go/mcp"

	"github.com/perses/mcp-server/pkg/server"
)

// era is one of the two ways to speak MCP over HTTP: until 2025 a host says at first who it is, from 2026 on
// it says so with every request. One endpoint serves both.
type era struct {
	name    string
	meta    string // what every request has in its params
	headers func(method, name string) http.Header
}

var eras = []era{
	{"2025-11-25", "", func(string, string) http.Header {
		return http.Header{"Mcp-Protocol-Version": {"2025-11-25"}}
	}},
	{"2026-07-28", `"_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}`,
		func(method, name string) http.Header {
			h := http.Header{"Mcp-Protocol-Version": {"2026-07-28"}, "Mcp-Method": {method}}
			if name != "" {
				h.Set("Mcp-Name", name)
			}
			return h
		}},
}

func inEachEra(t *testing.T, test func(*testing.T, era)) {
	for _, e := range eras {
		t.Run(e.name, func(t *testing.T) { test(t, e) })
	}
}

// message is what a host posts to the endpoint.
type message struct {
	body    string
	headers http.Header
}

// request makes a request of a method. The params are JSON without the braces; name is that of the tool or
// the address of the resource that they ask for, if any.
func (e era) request(id, method, params, name string) message {
	if params != "" && e.meta != "" {
		params += ","
	}
	return message{fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%q,"params":{%s%s}}`, id, method, params, e.meta), e.headers(method, name)}
}

// call makes a request that calls a tool.
func (e era) call(id, tool, arguments string) message {
	return e.request(id, string(mcp.MethodToolsCall), fmt.Sprintf(`"name":%q,"arguments":%s`, tool, arguments), tool)
}

// web is a server that listens on a port of its own.
type web struct {
	url   string
	stop  func()
	ended chan error // what RunHTTP returned
}

// serveHTTP runs a server until the test ends. That it ends without an error is part of every test.
func serveHTTP(t testing.TB, s *server.Server) *web {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	w := &web{"http://" + listener.Addr().String(), stop, make(chan error, 1)}
	done := make(chan struct{})
	go func() {
		defer close(done)
		w.ended <- s.RunHTTP(ctx, listener)
	}()
	t.Cleanup(func() {
		stop()
		receive(t, "the end of the server", done)
		select {
		case err := <-w.ended: // unless the test has looked at it
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		default:
		}
	})
	return w
}

// answer is what came back over HTTP.
type answer struct {
	status int
	header http.Header
	body   string
}

// open sends a request and returns as soon as the status of the answer is there.
func (w *web) open(ctx context.Context, method, path string, body io.Reader, headers http.Header) (*http.Response, error) {
	r, err := http.NewRequestWithContext(ctx, method, w.url+path, body)
	if err != nil {
		return nil, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Accept", "application/json, text/event-stream")
	maps.Copy(r.Header, headers)
	if host := headers.Get("Host"); host != "" {
		r.Host = host
		r.Header.Del("Host")
	}
	// A connection for each request: what one of them leaves behind cannot help another.
	return (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
}

// try sends a request and reads the whole answer.
func (w *web) try(method, path string, body io.Reader, headers http.Header) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	response, err := w.open(ctx, method, path, body, headers)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// send is try for a request that must be answered.
func (w *web) send(t testing.TB, method, path string, body io.Reader, headers http.Header) answer {
	t.Helper()
	a, err := w.try(method, path, body, headers)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// post sends a message to the endpoint.
func (w *web) post(t testing.TB, m message) answer {
	t.Helper()
	return w.send(t, http.MethodPost, server.Endpoint, strings.NewReader(m.body), m.headers)
}

// begin posts a message without waiting for the answer.
func (w *web) begin(t testing.TB, m message) <-chan answer {
	answers := make(chan answer, 1)
	go func() {
		a, err := w.try(http.MethodPost, server.Endpoint, strings.NewReader(m.body), m.headers)
		if err != nil {
			t.Error(err)
		}
		answers <- a
	}()
	return answers
}

// beginAndLeave posts a message. What it returns closes the request and waits until it is closed.
func (w *web) beginAndLeave(t testing.TB, m message) (leave func()) {
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() {
		_, err := w.open(ctx, http.MethodPost, server.Endpoint, strings.NewReader(m.body), m.headers)
		gone <- err
	}()
	return func() {
		t.Helper()
		cancel()
		if err := receive(t, "the end of the request", gone); !errors.Is(err, context.Canceled) {
			t.Errorf("the request ended with %v", err)
		}
	}
}

// call calls a tool and returns the text of its answer and whether that is an error.
func (w *web) call(t testing.TB, tool, arguments string) (text string, failed bool) {
	t.Helper()
	return textOf(t, w.post(t, eras[0].call("1", tool, arguments)))
}

// textOf returns the text that a tool answered with and whether that is an error.
func textOf(t testing.TB, a answer) (text string, failed bool) {
	t.Helper()
	if media := a.header.Get("Content-Type"); a.status != http.StatusOK || media != "application/json" {
		t.Fatalf("got status %d, media type %q: %s", a.status, media, a.body)
	}
	return toolText(t, a.body)
}

// toolText is textOf, of the JSON alone.
func toolText(t testing.TB, body string) (text string, failed bool) {
	t.Helper()
	var said struct {
		Result struct {
			Content []struct{ Text string }
			IsError bool
		}
	}
	if err := json.Unmarshal([]byte(body), &said); err != nil || len(said.Result.Content) != 1 {
		t.Fatalf("not the answer of a tool: %s", body)
	}
	return said.Result.Content[0].Text, said.Result.IsError
}

// raw sends bytes as they are, and returns what comes back until the connection ends.
func (w *web) raw(t testing.TB, sent string) string {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(patience))
	if _, err := io.WriteString(connection, sent); err != nil {
		t.Fatal(err)
	}
	received, err := io.ReadAll(connection)
	if err != nil {
		t.Fatal(err)
	}
	return string(received)
}
