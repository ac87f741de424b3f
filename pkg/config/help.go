package config

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

const (
	helpWidth  = 96 // columns
	helpIndent = "      "
)

// writeHelp prints all settings with their names, descriptions and defaults.
func writeHelp(out io.Writer, table []setting, toolsets []string) error {
	var b strings.Builder
	b.WriteString("An MCP server for Perses.\n\nUsage: mcp-server [flags]\n\n" +
		"Flags override environment variables, which override the YAML file, which overrides defaults.\n")
	for _, s := range table {
		names := []string{}
		if s.flag != "" {
			names = append(names, strings.TrimSpace("--"+s.flag+" "+s.value))
		}
		if s.env != "" {
			names = append(names, s.env)
		}
		if s.yaml != "" {
			names = append(names, s.yaml+" (YAML)")
		}
		fmt.Fprintf(&b, "\n  %s\n%s", strings.Join(names, ", "), wrap(s.help+" Default: "+shownDefault(s)+"."))
	}
	fmt.Fprintf(&b, "\nToolsets:\n%s", wrap(strings.Join(toolsets, ", ")))
	_, err := io.WriteString(out, b.String())
	return err
}

func shownDefault(s setting) string { return cmp.Or(s.def, "none") }

// wrap splits a text into indented lines.
func wrap(text string) string {
	var b strings.Builder
	column := helpWidth // starts a line with the first word
	for word := range strings.FieldsSeq(text) {
		if column+1+len(word) > helpWidth {
			b.WriteString("\n" + helpIndent + word)
			column = len(helpIndent) + len(word)
			continue
		}
		b.WriteString(" " + word)
		column += 1 + len(word)
	}
	return strings.TrimPrefix(b.String(), "\n") + "\n"
}
