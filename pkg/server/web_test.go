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

	"github.com/perses/mcp-server/pkg/persestest"
	"github.com/perses/mcp-server/pkg/server"
)

// era is one of the two forms of MCP over HTTP: until 2025-11-25, a host starts with initialize; since 2026-07-28, each request contains
// the same information. One endpoint serves both.
type era struct {
	name    string
	meta    string // the _meta of each request
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

// request returns a request of a method. params is JSON without braces. name is the name of the tool or the URI of the resource, or "".
func (e era) request(id, method, params, name string) message {
	if params != "" && e.meta != "" {
		params += ","
	}
	return message{fmt.Sprintf(`{"jsonrpc":"2.0","id":%s,"method":%q,"params":{%s%s}}`, id, method, params, e.meta), e.headers(method, name)}
}

// call returns a request that calls a tool.
func (e era) call(id, tool, arguments string) message {
	return e.request(id, string(mcp.MethodToolsCall), fmt.Sprintf(`"name":%q,"arguments":%s`, tool, arguments), tool)
}

// web is a server that listens on its own port.
type web struct {
	url   string
	stop  func()
	ended chan error // the result of RunHTTP
}

// serveHTTP runs a server until the test ends. The test fails if the server returns an error.
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
		persestest.Receive(t, "the end of the server", done)
		select {
		case err := <-w.ended: // unless the test has received it
			if err != nil {
				t.Errorf("the server ended with %v", err)
			}
		default:
		}
	})
	return w
}

// answer is an HTTP response.
type answer struct {
	status int
	header http.Header
	body   string
}

// open sends a request and returns the response without reading its body.
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
	// Each request has its own connection, so that requests do not depend on each other.
	return (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
}

// try sends a request and returns the whole response.
func (w *web) try(method, path string, body io.Reader, headers http.Header) (answer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), persestest.Patience)
	defer cancel()
	response, err := w.open(ctx, method, path, body, headers)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	return answer{response.StatusCode, response.Header, string(text)}, err
}

// send is like try, but the request must not fail.
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

// beginAndLeave posts a message. leave closes the request and waits for its end.
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
		if err := persestest.Receive(t, "the end of the request", gone); !errors.Is(err, context.Canceled) {
			t.Errorf("the request ended with %v", err)
		}
	}
}

// call calls a tool and returns the text of its answer and whether it is an error.
func (w *web) call(t testing.TB, tool, arguments string) (text string, failed bool) {
	t.Helper()
	return textOf(t, w.post(t, eras[0].call("1", tool, arguments)))
}

// textOf returns the text of a tool's answer and whether it is an error.
func textOf(t testing.TB, a answer) (text string, failed bool) {
	t.Helper()
	if media := a.header.Get("Content-Type"); a.status != http.StatusOK || media != "application/json" {
		t.Fatalf("got status %d, media type %q: %s", a.status, media, a.body)
	}
	return toolText(t, a.body)
}

// toolText is like textOf for the JSON of the answer.
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

// raw sends bytes and returns everything that is received until the connection ends.
func (w *web) raw(t testing.TB, sent string) string {
	t.Helper()
	connection, err := net.Dial("tcp", strings.TrimPrefix(w.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	_ = connection.SetDeadline(time.Now().Add(persestest.Patience))
	if _, err := io.WriteString(connection, sent); err != nil {
		t.Fatal(err)
	}
	received, err := io.ReadAll(connection)
	if err != nil {
		t.Fatal(err)
	}
	return string(received)
}
