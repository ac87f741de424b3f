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

// call asks for one thing and puts the whole answer into buffer. It may be called from many goroutines, each with a
// buffer of its own.
type call func(ctx context.Context, buffer *bytes.Buffer) error

// message is a request of MCP, whatever the transport.
type message struct {
	Method string `json:"method"`
	Params any    `json:"params,omitempty"`
}

// protocol is the version of MCP that is spoken, and so is what a client says first.
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

// caller is a connected client of MCP, as light as can be: what it costs is measured with every server alike.
type caller interface {
	prepare(m message) (call, error)
}

// pooled is the one HTTP client of the benchmark, for servers and for Perses itself.
var pooled = &http.Client{
	Transport: &http.Transport{MaxIdleConns: 256, MaxIdleConnsPerHost: 128, DisableCompression: true},
	Timeout:   time.Minute,
}

// direct is the call that asks Perses itself.
func direct(url string) call {
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		return send(request, buffer)
	}
}

// overHTTP is the client of a server that serves Streamable HTTP at a URL.
type overHTTP string

func (url overHTTP) prepare(m message) (call, error) {
	body, err := m.encode(1) // the server keeps no sessions, so an id need not differ from others
	if err != nil {
		return nil, err
	}
	return func(ctx context.Context, buffer *bytes.Buffer) error {
		request, err := http.NewRequestWithContext(ctx, http.MethodPost, string(url), bytes.NewReader(body))
		if err != nil {
			return err
		}
		ofMCP(request)
		return send(request, buffer)
	}, nil
}

// ofMCP sets the headers that a request of MCP has.
func ofMCP(request *http.Request) {
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

// textOf returns the text in an answer of MCP to the call of a tool or the reading of a resource.
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
