package main

import (
	"context"
	"os"
	"regexp"
	"time"
)

// scenarios are those of the suite that fit any server, under each version of MCP that clients speak today. The others
// call tools, prompts and resources that only a test server has, such as test_simple_text.
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

// counted is the line of the suite that sums a scenario up.
var counted = regexp.MustCompile(`Passed: (\d+)/(\d+), .*`)

func conformance(ctx context.Context) error {
	s, err := start(ctx)
	if err != nil {
		return err
	}
	failed, err := runScenarios(ctx, s)
	return finish(failed, "scenarios", err, s.stop())
}

func runScenarios(ctx context.Context, s *stack) (failed int, err error) {
	for _, of := range scenarios {
		for _, name := range of.names {
			began := time.Now()
			// It exits with 0 if what fails is what is expected to, and nothing else.
			suite := command(ctx, "conformance", "server", "--url", s.url, "--scenario", name, "--spec-version", of.version,
				"--expected-failures", source+"/expected-failures.yaml")
			output, err := suite.CombinedOutput()
			if ctx.Err() != nil {
				return failed, ctx.Err()
			}
			report(err == nil, began, of.version, name, string(counted.Find(output)))
			if err != nil {
				failed++
				_, _ = os.Stdout.Write(output)
			}
		}
	}
	return failed, nil
}
