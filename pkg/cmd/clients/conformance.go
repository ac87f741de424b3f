package main

import (
	"context"
	"os"
	"regexp"
	"time"
)

// scenarios are the scenarios of the suite that apply to any server, by version of MCP. The others need tools, prompts and
// resources of a test server, such as test_simple_text.
var scenarios = []struct {
	version string
	names   []string
}{
	{legacy, []string{
		"server-initialize", "server-session-lifecycle", "ping", "logging-set-level", "completion-complete", "tools-list",
		"resources-list", "prompts-list", "dns-rebinding-protection", "server-sse-multiple-streams",
	}},
	{modern, []string{
		"server-stateless", "completion-complete", "tools-list", "resources-list", "prompts-list", "dns-rebinding-protection",
		"caching", "sep-2164-resource-not-found", "http-header-validation", "server-sse-multiple-streams",
		"input-required-result-unsupported-methods",
	}},
}

// summaryLine matches the line in which the suite summarises a scenario.
var summaryLine = regexp.MustCompile(`Passed: (\d+)/(\d+), .*`)

func conformance(ctx context.Context) error {
	s, err := start(ctx)
	if err != nil {
		return err
	}
	failed, err := runScenarios(ctx, s)
	return finish(failed, "scenarios", err, s.stop())
}

func runScenarios(ctx context.Context, s *stack) (failed int, err error) {
	for _, group := range scenarios {
		for _, name := range group.names {
			began := time.Now()
			// The suite succeeds if exactly the expected failures occur.
			suite := command(ctx, "conformance", "server", "--url", s.url, "--scenario", name, "--spec-version", group.version,
				"--expected-failures", source+"/expected-failures.yaml")
			output, err := suite.CombinedOutput()
			if ctx.Err() != nil {
				return failed, ctx.Err()
			}
			report(err == nil, began, group.version, name, string(summaryLine.Find(output)))
			if err != nil {
				failed++
				_, _ = os.Stdout.Write(output)
			}
		}
	}
	return failed, nil
}
