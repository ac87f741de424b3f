package config

import (
	"cmp"
	"fmt"
	"io"
	"strings"
)

// helpWidth is the number of columns of the help; its texts are indented by helpIndent.
const (
	helpWidth  = 96
	helpIndent = "      "
)

// writeHelp prints all settings, each with its names, default and text.
func writeHelp(out io.Writer, table []setting, toolsets []string) error {
	var b strings.Builder
	b.WriteString("An MCP server for Perses.\n\nUsage: mcp-server [flags]\n\n" +
		"Flags win over the environment, the environment over the YAML file, the file over the defaults.\n")
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

// wrap breaks a text into indented lines.
func wrap(text string) string {
	var b strings.Builder
	column := helpWidth // as if a line were full, so that the first word begins one
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
