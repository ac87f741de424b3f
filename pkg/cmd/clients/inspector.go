package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
)

// inspector holds the conversation with the MCP inspector. It speaks of two eras of the protocol instead of versions.
func inspector(era, version string) holder {
	return func(ctx context.Context, with target, steps []step) (answers []answer, _ string, err error) {
		connection := []string{"--cli", with.URL, "--transport", "http"}
		if with.Command != "" {
			connection = []string{"--cli", with.Command, "--transport", "stdio"}
			for name, value := range with.Env { // the inspector hands none of its own environment on
				connection = append(connection, "-e", name+"="+value)
			}
		}
		connection = append(connection, "--protocol-era", era, "--format", "json")
		for _, s := range steps {
			a := answer{Error: notOffered}
			if request, ok := flags(s); ok {
				if a, err = inspect(ctx, append(slices.Clip(connection), request...)); err != nil {
					return nil, "", err
				}
			}
			answers = append(answers, a)
		}
		return answers, version, nil
	}
}

// inspect makes one request, which takes the inspector a process of its own.
func inspect(ctx context.Context, args []string) (a answer, err error) {
	storage, err := filepath.Abs(filepath.Join(installed, "inspector"))
	if err != nil {
		return answer{}, err
	}
	var output, complaints bytes.Buffer
	cmd := command(ctx, "mcp-inspector", args...)
	cmd.Env = append(cmd.Environ(), "MCP_STORAGE_DIR="+storage) // or else it writes to the user's home
	cmd.Stdout, cmd.Stderr = &output, &complaints
	err = cmd.Run()
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	// With a tool that refuses it fails, too, but writes what the tool says.
	if err != nil && output.Len() == 0 {
		return answer{Error: complaints.String()}, nil
	}
	if err := json.Unmarshal(output.Bytes(), &a); err != nil {
		return answer{}, fmt.Errorf("%w in %s", err, &output)
	}
	return a, nil
}

// flags are a request as the inspector takes it; ok is false for one that it has no flags for.
func flags(s step) (flags []string, ok bool) {
	flags = []string{"--method", s.Method}
	switch s.Method {
	case "completion/complete":
		return nil, false
	case "tools/list":
		flags = append(flags, "--strict") // fails for a schema that some host would not read
	case "resources/read":
		flags = append(flags, "--uri", fmt.Sprint(s.Params["uri"]))
	case "tools/call":
		arguments, err := json.Marshal(s.Params["arguments"])
		if err != nil {
			return nil, false
		}
		flags = append(flags, "--tool-name", fmt.Sprint(s.Params["name"]), "--tool-args-json", string(arguments))
	}
	return flags, true
}
