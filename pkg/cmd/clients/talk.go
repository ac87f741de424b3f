package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// client makes the requests of all steps to a server. It returns the answers and the negotiated version of MCP.
type client func(ctx context.Context, with target, steps []step) (answers []answer, version string, err error)

// conversations are the clients and transports, with the version of MCP that they must negotiate.
var conversations = []struct {
	name, transport, version string
	client                   client
}{
	{"go-sdk", stdio, modern, script("./gosdk")},
	{"go-sdk", http, modern, script("./gosdk")},
	{"@modelcontextprotocol/client", stdio, modern, script("node", "client.mjs")},
	{"@modelcontextprotocol/client", http, modern, script("node", "client.mjs")},
	{"@modelcontextprotocol/sdk", stdio, legacy, script("node", "sdk.mjs")},
	{"@modelcontextprotocol/sdk", http, legacy, script("node", "sdk.mjs")},
	{"inspector", stdio, legacy, inspector("legacy", legacy)},
	{"inspector", http, modern, inspector("modern", modern)},
}

const (
	stdio = "stdio"
	http  = "http"
)

// target is the server: over HTTP at URL, or else started by the client with Command.
type target struct {
	URL     string            `json:"url,omitempty"`
	Command string            `json:"command,omitempty"`
	Env     map[string]string `json:"env,omitempty"`
}

// answer is the answer to a step: a result of MCP, or an error in the words of the client.
type answer struct {
	Version string          `json:"version"` // of MCP; only in the first answer, which has nothing else
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
}

// talk holds all conversations, each with a new Perses.
func talk(ctx context.Context) error {
	steps, err := readConversation()
	if err != nil {
		return err
	}
	failed := 0
	for _, c := range conversations {
		began := time.Now()
		summary, err := converse(ctx, c.client, c.transport, c.version, steps)
		if ctx.Err() != nil {
			return err
		}
		report(err == nil, began, c.version, c.name+" over "+c.transport, summary)
		if err != nil {
			failed++
			fmt.Println(err)
		}
	}
	return finish(failed, "conversations")
}

func converse(ctx context.Context, hold client, transport, version string, steps []step) (summary string, err error) {
	s, err := start(ctx)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	with := target{URL: s.url}
	if transport == stdio {
		with = target{Command: s.binary, Env: s.env}
	}
	answers, got, err := hold(ctx, with, steps)
	if err != nil {
		return "", err
	}
	if got != version {
		return "", fmt.Errorf("negotiated version %s, want %s", got, version)
	}
	return compare(steps, answers, s.perses.URL)
}

// script returns a client that runs a program of ours on an SDK. The program reads the conversation as JSON and writes an answer
// per line.
func script(program string, args ...string) client {
	return func(ctx context.Context, with target, steps []step) ([]answer, string, error) {
		conversation, err := json.Marshal(struct {
			target
			Steps []step `json:"steps"`
		}{with, steps})
		if err != nil {
			return nil, "", err
		}
		var errorOutput bytes.Buffer
		cmd := command(ctx, program, args...)
		cmd.Dir, cmd.Stdin, cmd.Stderr = installed, bytes.NewReader(conversation), &errorOutput
		output, err := cmd.Output()
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		if err != nil {
			return nil, "", fmt.Errorf("%w: %s", err, &errorOutput)
		}
		var answers []answer
		for d := json.NewDecoder(bytes.NewReader(output)); ; {
			var a answer
			if err := d.Decode(&a); err == io.EOF {
				break
			} else if err != nil {
				return nil, "", err
			}
			answers = append(answers, a)
		}
		if len(answers) == 0 {
			return nil, "", fmt.Errorf("no answers: %s", &errorOutput)
		}
		return answers[1:], answers[0].Version, nil
	}
}
