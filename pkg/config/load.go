package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// source is one of the places where settings are given.
type source struct {
	// text is what it gives for a setting; empty when it gives nothing.
	text func(setting) string
	// name is what its user calls the setting there.
	name func(setting) string
}

// Load makes the Config of a process: flags over environment over YAML file over defaults. The args are those after the
// program's name, toolsets the names that --toolsets accepts. An empty value counts as not set, whatever its source;
// PERMCP_PERSES_SERVER_ variables that are empty are taken out of the process's environment.
//
// A wrong value stops Load even where a stronger source overrides it. The error is then one line that names the
// setting, its value and what is accepted, and holds no secret. For --help the text goes to out, and the error is
// flag.ErrHelp. For --version nothing else is verified, and only ShowVersion is set.
func Load(args, toolsets []string, out io.Writer) (*Config, error) {
	table := settings(toolsets)
	given, err := parseFlags(table, args)
	if errors.Is(err, flag.ErrHelp) {
		if failed := writeHelp(out, table, toolsets); failed != nil {
			return nil, failed
		}
		return nil, flag.ErrHelp
	}
	if err != nil {
		return nil, err
	}
	if show, err := parseBool(given["version"]); err == nil && show {
		return &Config{ShowVersion: true}, nil
	}

	defaults := source{
		text: func(s setting) string { return s.def },
		name: func(s setting) string { return "default of " + s.flag + s.yaml },
	}
	flags := source{
		text: func(s setting) string { return given[s.flag] },
		name: func(s setting) string { return "--" + s.flag },
	}
	environment := source{
		text: func(s setting) string { return os.Getenv(s.env) },
		name: func(s setting) string { return s.env },
	}
	// The resolver reads the variables, too, but doesn't name them when they are wrong: check them first.
	if err := apply(&Config{}, table, defaults, environment); err != nil {
		return nil, err
	}
	path := strings.TrimSpace(given["config"])
	resolved, err := resolve(path, table)
	if err != nil {
		return nil, err
	}
	c := &Config{Perses: resolved.PersesServer}
	if err := apply(c, table, defaults, resolved.source(path), environment, flags); err != nil {
		return nil, err
	}
	if err := c.verify(); err != nil {
		return nil, err
	}
	return c, nil
}

// apply puts what the sources give into c, the strongest source last.
func apply(c *Config, table []setting, sources ...source) error {
	for _, from := range sources {
		for _, s := range table {
			text := strings.TrimSpace(from.text(s))
			if text == "" {
				continue
			}
			if err := s.set(c, text); err != nil {
				return s.refuse(from.name(s), text, err)
			}
		}
	}
	return nil
}

// refuse puts a wrong value into words; want says what is accepted.
func (s setting) refuse(name, text string, want error) error {
	if s.secret {
		return fmt.Errorf("%s: %w", name, want)
	}
	return fmt.Errorf("%s %q: %w", name, mask(text), want)
}

// mask hides the parts of a text in which a URL would have a password or a token.
func mask(text string) string {
	if at := strings.LastIndex(text, "@"); at >= 0 {
		text = "…" + text[at:]
	}
	if query := strings.IndexAny(text, "?#"); query >= 0 {
		text = text[:query+1] + "…"
	}
	return text
}
