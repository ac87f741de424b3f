package main

import (
	"context"
	_ "embed" // for draft
	"encoding/json"
	"fmt"
	"strings"

	"github.com/mark3labs/mcp-go/client"
	"github.com/mark3labs/mcp-go/mcp"
)

// draft is a dashboard as a model would write it.
//
//go:embed dashboard.json
var draft string

// step is one call of the conversation, and what is expected of its answer.
type step struct {
	why     string   // what it is about
	tool    string   // to call ...
	with    string   // ... with these arguments, in JSON
	read    string   // or the resource to read
	from    string   // where what matters begins, in the arguments or in the answer
	refused bool     // the answer is an error
	wants   []string // in the answer
}

// steps is the conversation: what may be said when somebody wants one more dashboard beside those that are there.
func steps() []step {
	slip := strings.Replace(draft, "TimeSeriesChart", "TimeSeriesChat", 1)
	return []step{
		{
			why:  "Which projects are there?",
			tool: "perses_list_projects", with: `{}`,
			wants: []string{`"name":"demo"`, `"total":1`},
		}, {
			why:  "A slip in the name of an argument is answered with the one that was meant.",
			tool: "perses_list_dashboards", with: `{"projct":"demo"}`,
			refused: true, wants: []string{"projct", "did you mean project?"},
		}, {
			why:  "Which dashboards does the project have?",
			tool: "perses_list_dashboards", with: `{"project":"demo"}`,
			wants: []string{`"total":2`, `"nodeexporter"`, `"benchmark"`},
		}, {
			why:  "One of them is too large for one answer, so it comes as an outline, in bytes ...",
			tool: "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter"}`, from: `"bytes":`,
			wants: []string{`"outline":`, `"panels":`, "read a part with path"},
		}, {
			why:  "... as do all of its panels together ...",
			tool: "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter","path":"/spec/panels"}`, from: `"bytes":`,
			wants: []string{`"outline":`, `"0_0":`},
		}, {
			why:  "... but one of them comes as it is.",
			tool: "perses_get_dashboard_by_name", with: `{"project":"demo","dashboard":"nodeexporter","path":"/spec/panels/0_0"}`, from: `"value":`,
			wants: []string{`"GaugeChart"`, `"PrometheusTimeSeriesQuery"`},
		}, {
			why:  "A new dashboard, with a mistake in it: Perses refuses it, and the answer says what was meant.",
			tool: "perses_create_dashboard", with: `{"project":"demo","dashboard":` + slip + `}`, from: `"plugin": {"kind": "TimeSeriesChat"`,
			refused: true, wants: []string{"TimeSeriesChat", "Nearest plugins: TimeSeriesChart"},
		}, {
			why:  "The same with the mistake put right.",
			tool: "perses_create_dashboard", with: `{"project":"demo","dashboard":` + draft + `}`, from: `"plugin": {"kind": "TimeSeriesChart"`,
			wants: []string{`"effect":"created"`, `"name":"perses-at-work"`},
		}, {
			why:  "Hosts can browse it, too, as a resource.",
			read: "perses://projects/demo/dashboards/perses-at-work", from: `"spec":`,
			wants: []string{`"kind":"Dashboard"`, `"Requests by handler"`},
		},
	}
}

// converse connects to the server at url as a host does, and takes the steps. Its error is an answer that is not
// what was expected.
func converse(ctx context.Context, url string, out *screen) error {
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
		if err := s.take(ctx, host, out); err != nil {
			return err
		}
	}
	return nil
}

// take makes the call of the step, shows it with its answer, and checks that.
func (s step) take(ctx context.Context, host *client.Client, out *screen) error {
	out.title(s.why)
	if s.read != "" {
		out.labelled("", "read", s.read)
	} else {
		out.labelled("", "call", s.tool+" "+since(s.from, s.with))
	}
	answer, refused, err := s.ask(ctx, host)
	if err != nil {
		return fmt.Errorf("%s%s: %w", s.tool, s.read, err)
	}
	if refused {
		out.labelled(red, "error", answer)
	} else {
		out.labelled(green, "answer", since(s.from, answer))
	}
	return s.check(answer, refused)
}

// check says what was expected if the answer is something else.
func (s step) check(answer string, refused bool) error {
	switch {
	case s.refused && !refused:
		return fmt.Errorf("%s%s: expected an error, got the answer: %s", s.tool, s.read, answer)
	case refused && !s.refused:
		return fmt.Errorf("%s%s: expected an answer, got the error: %s", s.tool, s.read, answer)
	}
	for _, want := range s.wants {
		if !strings.Contains(answer, want) {
			return fmt.Errorf("%s%s: expected %s in: %s", s.tool, s.read, want, answer)
		}
	}
	return nil
}

// since leaves out what a text has before from, if it has that.
func since(from, text string) string {
	if i := strings.Index(text, from); i > 0 {
		return "… " + text[i:]
	}
	return text
}

// ask makes the call. Its error is one of the connection or the protocol, which a model does not get to see.
func (s step) ask(ctx context.Context, host *client.Client) (answer string, refused bool, err error) {
	if s.read != "" {
		var request mcp.ReadResourceRequest
		request.Params.URI = s.read
		result, err := host.ReadResource(ctx, request)
		if err != nil {
			return "", false, err
		}
		for _, content := range result.Contents {
			if text, ok := content.(mcp.TextResourceContents); ok {
				answer += text.Text
			}
		}
		return answer, false, nil
	}
	var request mcp.CallToolRequest
	request.Params.Name, request.Params.Arguments = s.tool, json.RawMessage(s.with)
	result, err := host.CallTool(ctx, request)
	if err != nil {
		return "", false, err
	}
	for _, content := range result.Content {
		if text, ok := content.(mcp.TextContent); ok {
			answer += text.Text
		}
	}
	return answer, result.IsError, nil
}
