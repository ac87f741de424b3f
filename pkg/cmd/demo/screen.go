package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

const (
	columns  = 100 // width of the output
	maxLines = 2   // of a call, and of an answer
	indent   = 10  // before their text; it contains the label
)

// The colours of a terminal.
const (
	bold  = "\x1b[1m"
	green = "\x1b[32m"
	red   = "\x1b[31m"
	plain = "\x1b[0m"
)

// screen prints the demo.
type screen struct {
	w        io.Writer
	coloured bool
}

// newScreen returns a screen that prints to w: in colour if w is a terminal, unless NO_COLOR or TERM=dumb is set.
func newScreen(w io.Writer) *screen {
	s := &screen{w: w}
	if file, ok := w.(*os.File); ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
		info, err := file.Stat()
		s.coloured = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return s
}

func (s *screen) line(format string, args ...any) { fmt.Fprintf(s.w, format+"\n", args...) }

// title prints a heading.
func (s *screen) title(text string) { s.line("\n%s", s.in(bold, text)) }

// labelled prints the first maxLines lines of a text after a label, and how many characters are left out.
func (s *screen) labelled(colour, label, text string) {
	for i, line := range fit(text, columns-indent, maxLines) {
		if i > 0 {
			label = ""
		}
		s.whole(colour, label, line)
	}
}

// whole prints a text on one line after a label, whatever its width, so that it can be copied.
func (s *screen) whole(colour, label, text string) {
	s.line("  %s%s", s.in(colour, fmt.Sprintf("%-*s", indent-2, label)), text)
}

func (s *screen) in(colour, text string) string {
	if !s.coloured || colour == "" || strings.TrimSpace(text) == "" {
		return text
	}
	return colour + text + plain
}

// fit breaks a text into at most maxLines lines. If it does not fit, the last line says how many characters are left out.
func fit(text string, width, maxLines int) []string {
	text = strings.Join(strings.Fields(text), " ")
	var lines []string
	for rest := []rune(text); len(rest) > 0; {
		if len(rest) <= width {
			return append(lines, string(rest))
		}
		if len(lines) == maxLines-1 {
			kept := width - utf8.RuneCountInString("… and 1234567 more")
			return append(lines, fmt.Sprintf("%s… and %d more", string(rest[:kept]), len(rest)-kept))
		}
		at := breakAt(rest[:width])
		lines = append(lines, strings.TrimSpace(string(rest[:at])))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	return lines
}

// breakAt returns where to break a line: after the last space or comma if it is in the last third, else at the end.
func breakAt(line []rune) int {
	for at := len(line); at > len(line)*2/3; at-- {
		if line[at-1] == ' ' || line[at-1] == ',' {
			return at
		}
	}
	return len(line)
}
