package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"
)

// call makes one request and reads the response into buffer. Goroutines may share a call, but not a buffer.
type call func(ctx context.Context, buffer *bytes.Buffer) error

// message is a request of MCP.
type message struct {
	Method string `json:"method"`
	Params any    `json:"params,omitempty"`
}

// protocol is the version of MCP.
const protocol = "2025-06-18"

var initialize = message{"initialize", object{
	"protocolVersion": protocol, "capabilities": object{}, "clientInfo": object{"name": "bench", "version": "1"},
}}

var listTools = message{Method: "tools/list"}

// encode returns the request with an id.
func (m message) encode(id int64) ([]byte, error) {
	return json.Marshal(struct {
		JSONRPC string `json:"jsonrpc"`
		ID      int64  `json:"id"`
		message
	}{"2.0", id, m})
}

// caller is a connected MCP client. It does as little as possible, because its time is measured as well.
type caller interface {
	prepare(m message) (call, error)
}

// pooled is the HTTP client for all servers and Perses.
var pooled = &http.Client{
	Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 128, DisableCompression: true},
	Timeout:   time.Minute,
}

// direct returns a call that gets a URL from Perses.
func direct(url string) call {
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		return send(request, buffer)
	}
}

// overHTTP is a client for the Streamable HTTP server at a URL.
type overHTTP string

func (url overHTTP) prepare(m message) (call, error) {
	body, err := m.encode(1) // without sessions, all requests may have the same id
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, string(url), bytes.NewReader(body))
		if err != nil {
			return err
		}
		setHeaders(request)
		return send(request, buffer)
	}, nil
}

// setHeaders sets the headers of an MCP request.
func setHeaders(request *http.Request) {
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "application/json, text/event-stream")
	request.Header.Set("MCP-Protocol-Version", protocol)
}

func send(request *http.Request, buffer *bytes.Buffer) error {
	response, err := pooled.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	buffer.Reset()
	if _, err := buffer.ReadFrom(response.Body); err != nil {
		return err
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", response.Status, buffer)
	}
	return nil
}

// lengthOf makes a call and returns the length of its text.
func lengthOf(ctx context.Context, do call) (int, error) {
	var answer bytes.Buffer
	if err := do(ctx, &answer); err != nil {
		return 0, err
	}
	text, err := textOf(answer.Bytes())
	return len(text), err
}

// textOf returns the text in the response to a tool call or resource read.
func textOf(answer []byte) (string, error) {
	type content struct{ Text string }
	var a struct {
		Error  *struct{ Message string }
		Result struct {
			Content, Contents []content
			IsError           bool
		}
	}
	if err := json.Unmarshal(answer, &a); err != nil {
		return "", err
	}
	contents := append(a.Result.Content, a.Result.Contents...)
	switch {
	case a.Error != nil:
		return "", errors.New(a.Error.Message)
	case len(contents) != 1:
		return "", fmt.Errorf("no text in %.200s", answer)
	case a.Result.IsError:
		return "", errors.New(contents[0].Text)
	}
	return contents[0].Text, nil
}
