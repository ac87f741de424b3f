package config

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"
	"strings"

	commonconfig "github.com/perses/common/config"
	clientconfig "github.com/perses/perses/pkg/client/config"
	"gopkg.in/yaml.v3"
)

// envPrefix is the prefix of the variables that the resolver reads.
const envPrefix = "PERMCP"

// file is the content of the YAML file. The resolver overrides perses_server from the environment.
type file struct {
	Keys         keys                          `yaml:",inline"`
	PersesServer clientconfig.RestConfigClient `yaml:"perses_server"`
}

// keys holds all other keys of the file as nodes, so that only the table of settings defines the keys and their types.
type keys map[string]yaml.Node

// UnmarshalEnv does nothing. Without it, the resolver would turn every variable with its prefix into a key.
func (keys) UnmarshalEnv([]string) error { return nil }

// resolve reads the file at path, if path is not empty, and the variables for perses_server.
func resolve(path string, table []setting) (*file, error) {
	if err := unsetEmpty(); err != nil {
		return nil, err
	}
	resolved, err := read(path)
	if errors.Is(err, io.EOF) { // a file that has only comments counts as no file
		resolved, err = read("")
	}
	if err != nil {
		return nil, explain(path, err)
	}
	if err := resolved.check(path, table); err != nil {
		return nil, err
	}
	return resolved, nil
}

func read(path string) (*file, error) {
	var f file
	return &f, commonconfig.NewResolver[file]().SetEnvPrefix(envPrefix).SetConfigFile(path).Resolve(&f).Verify()
}

// unsetEmpty removes empty variables from the environment. With them, the resolver would clear values from the file and create empty
// identities.
func unsetEmpty() error {
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		if strings.HasPrefix(name, envPrefix+"_PERSES_SERVER_") && strings.TrimSpace(value) == "" {
			if err := os.Unsetenv(name); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
	}
	return nil
}

// check refuses unknown keys, and values that are lists or maps.
func (f *file) check(path string, table []setting) error {
	known := []string{"perses_server"}
	for _, s := range table {
		if s.yaml != "" && !strings.Contains(s.yaml, ".") {
			known = append(known, s.yaml)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(f.Keys)) {
		if !slices.Contains(known, key) {
			return fmt.Errorf("%s: unknown key %q: %s", path, key, instead(key, known))
		}
		if _, err := scalar(f.Keys[key]); err != nil {
			return fmt.Errorf("%s in %s: want a single value, not a list or a map", key, path)
		}
	}
	return nil
}

// scalar returns the text of a node without quotes. It is empty for null and for a missing node.
func scalar(node yaml.Node) (string, error) {
	var text string
	err := node.Decode(&text)
	return text, err
}

// source returns the file as a source of settings.
func (f *file) source(path string) source {
	return source{
		text: func(s setting) string {
			if s.yaml == persesURLKey {
				// The resolver has overwritten the URL if the variable is set; the variable is another source.
				if os.Getenv(s.env) != "" {
					return ""
				}
				return f.PersesServer.URL.String()
			}
			value, _ := scalar(f.Keys[s.yaml])
			return value
		},
		name: func(s setting) string { return s.yaml + " in " + path },
	}
}
