package config

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"
)

// testToolsets are the toolsets in tests.
var testToolsets = []string{"dashboard", "project", "query"}

// given is the input of Load in a test.
type given struct {
	args []string
	env  map[string]string
	yaml string // the content of permcp.yaml; none is written for an empty one
	// files are other files in the folder, by name.
	files map[string]string
}

// load calls Load with only the given input, whatever the environment of the test process.
func load(t *testing.T, g given) (*Config, error) {
	t.Helper()
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, envPrefix+"_") || name == "PERSES_TOKEN" || name == "PERSES_TOKEN_FILE" {
			t.Setenv(name, "") // so that it is set again after the test
			if err := os.Unsetenv(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Setenv("HOME", t.TempDir()) // where percli may have a login
	for name, value := range g.env {
		t.Setenv(name, value)
	}
	args := g.args
	if g.yaml != "" || len(g.files) > 0 {
		t.Chdir(t.TempDir())
	}
	for name, content := range g.files {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if g.yaml != "" {
		if err := os.WriteFile("permcp.yaml", []byte(g.yaml), 0o600); err != nil {
			t.Fatal(err)
		}
		args = append([]string{"--config", "permcp.yaml"}, args...)
	}
	return Load(args, testToolsets, io.Discard)
}

// mustLoad is load without an error.
func mustLoad(t *testing.T, g given) *Config {
	t.Helper()
	c, err := load(t, g)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// mustRefuse checks that Load returns exactly this error, on one line.
func mustRefuse(t *testing.T, g given, want string) {
	t.Helper()
	_, err := load(t, g)
	if err == nil {
		err = errors.New("no error")
	}
	if err.Error() != want {
		t.Errorf("got  %s\nwant %s", err, want)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("more than one line: %q", err)
	}
}
