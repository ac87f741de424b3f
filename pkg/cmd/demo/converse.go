package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image/png"
	"os"
	"path/filepath"
	"strings"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
)

// converse connects to the server at url as a host does, makes the calls of all steps, and saves their pictures in folder. An
// unexpected answer is an error.
func converse(ctx context.Context, url, folder string, out *screen) error {
	host, err := client.NewStreamableHttpClient(url)
	if err != nil {
		return err
	}
	defer host.Close()
	if err := host.Start(ctx); err != nil {
		return err
	}
	server, err := host.Initialize(ctx, mcp.InitializeRequest{})
	if err != nil {
		return fmt.Errorf("connect to %s: %w", url, err)
	}
	list, err := host.ListTools(ctx, mcp.ListToolsRequest{})
	if err != nil {
		return fmt.Errorf("list the tools: %w", err)
	}
	out.line("Connected to %s %s, which has %d tools.", server.ServerInfo.Name, server.ServerInfo.Version, len(list.Tools))
	for _, s := range steps() {
		if err := s.run(ctx, host, folder, out); err != nil {
			return err
		}
	}
	return nil
}

// run makes the call of the step, prints it with its answer, checks the answer, and saves its picture.
func (s step) run(ctx context.Context, host *client.Client, folder string, out *screen) error {
	out.title(s.title)
	if s.read != "" {
		out.labelled("", "read", s.read)
	} else {
		out.labelled("", "call", s.tool+" "+since(s.from, s.with))
	}
	a, err := s.call(ctx, host)
	if err != nil {
		return fmt.Errorf("%s%s: %w", s.tool, s.read, err)
	}
	if a.failed {
		out.labelled(red, "error", a.text)
	} else {
		out.labelled(green, "answer", since(s.from, a.text))
	}
	if err := s.check(a); err != nil {
		return err
	}
	if s.picture == "" {
		return nil
	}
	return save(a.picture, filepath.Join(folder, s.picture), out)
}

// check returns an error if the answer is not as expected.
func (s step) check(a answer) error {
	switch {
	case s.fails && !a.failed:
		return fmt.Errorf("%s%s: expected an error, got the answer: %s", s.tool, s.read, a.text)
	case a.failed && !s.fails:
		return fmt.Errorf("%s%s: expected an answer, got the error: %s", s.tool, s.read, a.text)
	case s.picture != "" && a.picture == nil:
		return fmt.Errorf("%s: expected a picture with: %s", s.tool, a.text)
	}
	for _, want := range s.contains {
		if !strings.Contains(a.text, want) {
			return fmt.Errorf("%s%s: expected %s in: %s", s.tool, s.read, want, a.text)
		}
	}
	return nil
}

// save writes a picture to a file and prints its path.
func save(picture []byte, file string, out *screen) error {
	size, err := png.DecodeConfig(bytes.NewReader(picture))
	if err != nil {
		return fmt.Errorf("the picture for %s: %w", file, err)
	}
	if file, err = filepath.Abs(file); err != nil {
		return err
	}
	if err := os.WriteFile(file, picture, 0o644); err != nil {
		return err
	}
	out.whole(green, "picture", fmt.Sprintf("%s (%d × %d pixels, %d bytes)", file, size.Width, size.Height, len(picture)))
	return nil
}

// since replaces what precedes from in text, if from occurs, by an ellipsis.
func since(from, text string) string {
	if i := strings.Index(text, from); i > 0 {
		return "… " + text[i:]
	}
	return text
}

// call makes the call. It returns an error only if the connection or the protocol fails; an error of the tool is an answer.
func (s step) call(ctx context.Context, host *client.Client) (answer, error) {
	var a answer
	if s.read != "" {
		var request mcp.ReadResourceRequest
		request.Params.URI = s.read
		result, err := host.ReadResource(ctx, request)
		if err != nil {
			return a, err
		}
		for _, content := range result.Contents {
			if text, ok := content.(mcp.TextResourceContents); ok {
				a.text += text.Text
			}
		}
		return a, nil
	}
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = s.tool, json.RawMessage(s.with)
	result, err := host.CallTool(ctx, request)
	if err != nil {
		return a, err
	}
	a.failed = result.IsError
	for _, content := range result.Content {
		switch c := content.(type) {
		case mcp.TextContent:
			a.text += c.Text
		case mcp.ImageContent:
			if a.picture, err = base64.StdEncoding.DecodeString(c.Data); err != nil {
				return a, fmt.Errorf("the picture: %w", err)
			}
		}
	}
	return a, nil
}
