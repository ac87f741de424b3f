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

// envPrefix begins the names of the variables that the resolver reads.
const envPrefix = "PERMCP"

// file is the YAML file, with perses_server completed from the environment.
type file struct {
	Keys         keys                          `yaml:",inline"`
	PersesServer clientconfig.RestConfigClient `yaml:"perses_server"`
}

// keys are all other keys of the file. They are kept as nodes and not as typed fields, so that the table of settings
// alone knows which there are and what they accept.
type keys map[string]yaml.Node

// UnmarshalEnv does nothing: the table of settings knows the variables of these keys, whereas the resolver would make
// a key of any variable with its prefix.
func (keys) UnmarshalEnv([]string) error { return nil }

// resolve reads the file at path, if any, and the variables for perses_server.
func resolve(path string, table []setting) (*file, error) {
	if err := unsetEmpty(); err != nil {
		return nil, err
	}
	resolved, err := read(path)
	if errors.Is(err, io.EOF) { // A file of comments alone has no document, which is as good as no file.
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

// unsetEmpty removes the variables with which the resolver would overwrite values of the file by nothing, and begin
// identities that nobody configured.
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

// check refuses keys that no setting has and keys whose value isn't a single one.
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

// scalar is the text of a node as it was written, quotes aside; empty for null and for a node that isn't there.
func scalar(node yaml.Node) (string, error) {
	var text string
	err := node.Decode(&text)
	return text, err
}

// source makes the checked file one of the sources of settings.
func (f *file) source(path string) source {
	return source{
		text: func(s setting) string {
			if s.yaml == persesURLKey {
				// The resolver has overwritten it when there is a variable, which is a source of its own.
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
