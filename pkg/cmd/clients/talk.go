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

// holder has a client hold the conversation with a server, and returns what was answered to each step, and the version
// of MCP on which the two agreed.
type holder func(ctx context.Context, with target, steps []step) (answers []answer, version string, err error)

// conversations are who talks over what, and in which version of MCP. That of clients which know both is the newer.
var conversations = []struct {
	client, transport, version string
	hold                       holder
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

// target is a server to talk with: over HTTP if url is there, or else one that the client starts.
type target struct {
	URL     string            `json:"url,omitempty"`
	Command string            `json:"command,omitempty"`
	Env     map[string]string `json:"env,omitempty"`
}

// answer is what a client got for a step: a result as MCP has it, or an error in its own words.
type answer struct {
	Version string          `json:"version"` // of MCP; comes first and alone
	Result  json.RawMessage `json:"result"`
	Error   string          `json:"error"`
}

// talk holds the conversations. Each has a new Perses, so that nothing which one leaves behind is in the way of the next.
func talk(ctx context.Context) error {
	steps, err := readConversation()
	if err != nil {
		return err
	}
	failed := 0
	for _, c := range conversations {
		began := time.Now()
		summary, err := converse(ctx, c.hold, c.transport, c.version, steps)
		if ctx.Err() != nil {
			return err
		}
		report(err == nil, began, c.version, c.client+" over "+c.transport, summary)
		if err != nil {
			failed++
			fmt.Println(err)
		}
	}
	return finish(failed, "conversations")
}

func converse(ctx context.Context, hold holder, transport, version string, steps []step) (summary string, err error) {
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
		return "", fmt.Errorf("it speaks %s with the server, not %s", got, version)
	}
	return compare(steps, answers, s.perses.URL)
}

// script is a client of ours on the SDK of others: it reads the conversation as JSON and writes an answer a line.
func script(program string, args ...string) holder {
	return func(ctx context.Context, with target, steps []step) ([]answer, string, error) {
		conversation, err := json.Marshal(struct {
			target
			Steps []step `json:"steps"`
		}{with, steps})
		if err != nil {
			return nil, "", err
		}
		var complaints bytes.Buffer
		cmd := command(ctx, program, args...)
		cmd.Dir, cmd.Stdin, cmd.Stderr = installed, bytes.NewReader(conversation), &complaints
		output, err := cmd.Output()
		if ctx.Err() != nil {
			return nil, "", ctx.Err()
		}
		if err != nil {
			return nil, "", fmt.Errorf("%w: %s", err, &complaints)
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
			return nil, "", fmt.Errorf("no answers: %s", &complaints)
		}
		return answers[1:], answers[0].Version, nil
	}
}
