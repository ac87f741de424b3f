package config

import (
	"fmt"
	"strings"
)

// MarkdownTable returns the table of all settings for the documentation.
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

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}
