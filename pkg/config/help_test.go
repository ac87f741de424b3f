package config

import (
	"bytes"
	"errors"
	"flag"
	"strings"
	"testing"
)

func TestHelp(t *testing.T) {
	for _, arg := range []string{"--help", "-h"} {
		var out bytes.Buffer
		c, err := Load([]string{"--read-only", arg}, testToolsets, &out)
		if c != nil || err != flag.ErrHelp {
			t.Fatalf("got %v, %v", c, err)
		}
		for _, want := range []string{
			"\n  --port PORT\n      Port of the listen address; 0 means any free port. Default: 8000.\n",
			"\n  --read-only, PERMCP_READ_ONLY, read_only (YAML)\n      Offer only tools that read. Default: false.\n",
			"\nToolsets:\n      dashboard, project, query\n",
		} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in:\n%s", want, out.String())
			}
		}
		for line := range strings.Lines(out.String()) {
			if len(line) > helpWidth+1 {
				t.Errorf("longer than %d columns: %q", helpWidth, line)
			}
		}
	}
}

func TestHelpThatCannotBeWritten(t *testing.T) {
	if _, err := Load([]string{"--help"}, nil, brokenWriter{}); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestMarkdownTable(t *testing.T) {
	rows := strings.Split(strings.TrimSuffix(MarkdownTable(), "\n"), "\n")
	if want := len(settings(nil)) + 2; len(rows) != want {
		t.Errorf("got %d lines, want %d", len(rows), want)
	}
	for _, row := range rows {
		if strings.Count(row, "|") != 6 {
			t.Errorf("not five columns: %s", row)
		}
	}
	const want = "| `--timeout` |  | `timeout` | `30s` | Maximum duration of a call, from 1s to 10m. |"
	if !strings.Contains(MarkdownTable(), want) {
		t.Errorf("no %q in:\n%s", want, MarkdownTable())
	}
}
