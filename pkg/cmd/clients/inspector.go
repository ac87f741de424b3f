package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
)

// inspector returns a client that uses the MCP inspector, which distinguishes two eras of the protocol instead of versions.
func inspector(era, version string) client {
	return func(ctx context.Context, with target, steps []step) (answers []answer, _ string, err error) {
		connection := []string{"--cli", with.URL, "--transport", "http"}
		if with.Command != "" {
			connection = []string{"--cli", with.Command, "--transport", "stdio"}
			for name, value := range with.Env { // the inspector does not pass on its environment
				connection = append(connection, "-e", name+"="+value)
			}
		}
		connection = append(connection, "--protocol-era", era, "--format", "json")
		for _, s := range steps {
			a := answer{Error: unsupported}
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

// inspect runs the inspector for one request.
func inspect(ctx context.Context, args []string) (a answer, err error) {
	storage, err := filepath.Abs(filepath.Join(installed, "inspector"))
	if err != nil {
		return answer{}, err
	}
	var output, errorOutput bytes.Buffer
	cmd := command(ctx, "mcp-inspector", args...)
	cmd.Env = append(cmd.Environ(), "MCP_STORAGE_DIR="+storage) // otherwise it writes to the user's home
	cmd.Stdout, cmd.Stderr = &output, &errorOutput
	err = cmd.Run()
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	// If a tool returns an error, the inspector fails but still prints the result.
	if err != nil && output.Len() == 0 {
		return answer{Error: errorOutput.String()}, nil
	}
	if err := json.Unmarshal(output.Bytes(), &a); err != nil {
		return answer{}, fmt.Errorf("%w in %s", err, &output)
	}
	return a, nil
}

// flags returns the inspector's flags for a step; ok is false if it does not support the method.
func flags(s step) (flags []string, ok bool) {
	flags = []string{"--method", s.Method}
	switch s.Method {
	case "completion/complete":
		return nil, false
	case "tools/list":
		flags = append(flags, "--strict") // fails for schemas that some hosts cannot read
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
