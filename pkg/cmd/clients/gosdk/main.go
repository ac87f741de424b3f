// Gosdk is a client on the official Go SDK. It reads a conversation from stdin, makes its requests, and writes each answer as a
// line of JSON, as conversation.mjs does with the SDKs for JavaScript.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"

	"github.com/modelcontextprotocol/go-sdk/mcp"
)

type conversation struct {
	URL     string            // of a server over HTTP
	Command string            // of a server over stdio
	Env     map[string]string // variables for the command
	Steps   []step
}

type step struct {
	Method string
	Params json.RawMessage
}

func main() {
	if err := hold(context.Background(), os.Stdin, json.NewEncoder(os.Stdout)); err != nil {
		fmt.Fprintln(os.Stderr, "gosdk:", err)
		os.Exit(1)
	}
}

func hold(ctx context.Context, in io.Reader, out *json.Encoder) error {
	var c conversation
	if err := json.NewDecoder(in).Decode(&c); err != nil {
		return err
	}
	client := mcp.NewClient(&mcp.Implementation{Name: "go-sdk", Version: "1"}, nil)
	session, err := client.Connect(ctx, c.transport(), nil)
	if err != nil {
		return err
	}
	defer session.Close()
	if err := out.Encode(map[string]any{"version": session.InitializeResult().ProtocolVersion}); err != nil {
		return err
	}
	for _, s := range c.Steps {
		answer := map[string]any{}
		result, err := ask(ctx, session, s)
		if err != nil {
			answer["error"] = err.Error()
		} else {
			answer["result"] = result
		}
		if err := out.Encode(answer); err != nil {
			return err
		}
	}
	return nil
}

func (c conversation) transport() mcp.Transport {
	if c.URL != "" {
		return &mcp.StreamableClientTransport{Endpoint: c.URL}
	}
	server := exec.Command(c.Command)
	server.Env = os.Environ()
	for name, value := range c.Env {
		server.Env = append(server.Env, name+"="+value)
	}
	return &mcp.CommandTransport{Command: server}
}

func ask(ctx context.Context, session *mcp.ClientSession, s step) (any, error) {
	switch s.Method {
	case "tools/list":
		return with(ctx, s, session.ListTools)
	case "tools/call":
		return with(ctx, s, session.CallTool)
	case "resources/list":
		return with(ctx, s, session.ListResources)
	case "resources/templates/list":
		return with(ctx, s, session.ListResourceTemplates)
	case "resources/read":
		return with(ctx, s, session.ReadResource)
	case "completion/complete":
		return with(ctx, s, session.Complete)
	}
	return nil, fmt.Errorf("unknown method %s", s.Method)
}

func with[Params, Result any](ctx context.Context, s step, method func(context.Context, *Params) (Result, error)) (any, error) {
	params := new(Params)
	if len(s.Params) > 0 {
		if err := json.Unmarshal(s.Params, params); err != nil {
			return nil, err
		}
	}
	return method(ctx, params)
}
