package config

import (
	"fmt"
	"strings"
)

// MarkdownTable is the table of all settings for the README: one row each, ending in a line break.
func MarkdownTable() string {
	var b strings.Builder
	b.WriteString("| Flag | Environment | YAML | Default | What it does |\n|---|---|---|---|---|\n")
	for _, s := range settings(nil) {
		flag := s.flag
		if flag != "" {
			flag = "--" + flag
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", code(flag), code(s.env), code(s.yaml), code(s.def), s.help)
	}
	return b.String()
}

// code marks a text as code; an empty one stays empty.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}
