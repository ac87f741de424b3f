package config

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// source is a source of settings, such as the environment.
type source struct {
	// text returns the text of a setting, or "" if the source doesn't have it.
	text func(setting) string
	// name returns the name of a setting in the source.
	name func(setting) string
}

// Load loads the configuration of the process. args are the arguments without the program name, toolsets the names that --toolsets
// accepts. An empty value counts as not set; Load removes empty PERMCP_PERSES_SERVER_ variables from the environment.
//
// An invalid value is an error even if another source overrides it. The error is one line that names the setting, its value and what
// is accepted, and contains no secrets. For --help, Load writes the help to out and returns flag.ErrHelp. For --version, it sets
// ShowVersion and verifies nothing else.
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
	// Check the variables before the resolver reads them: its errors don't name them.
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

// apply sets the settings from the sources. Later sources take precedence.
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

// refuse returns the error for an invalid value. want says what is accepted.
func (s setting) refuse(name, text string, want error) error {
	if s.secret {
		return fmt.Errorf("%s: %w", name, want)
	}
	return fmt.Errorf("%s %q: %w", name, mask(text), want)
}

// mask hides the parts of a URL that may contain a password or a token.
func mask(text string) string {
	if at := strings.LastIndex(text, "@"); at >= 0 {
		text = "…" + text[at:]
	}
	if query := strings.IndexAny(text, "?#"); query >= 0 {
		text = text[:query+1] + "…"
	}
	return text
}
