package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode/utf8"
)

const (
	// columns is how wide the output is.
	columns = 100
	// maxLines is how much is shown of what is said in a call.
	maxLines = 2
	// indent is before the text of a call, with its label in it.
	indent = 10
)

// The colours of a terminal.
const (
	bold  = "\x1b[1m"
	green = "\x1b[32m"
	red   = "\x1b[31m"
	plain = "\x1b[0m"
)

// screen is where the demo is shown.
type screen struct {
	w        io.Writer
	coloured bool
}

// newScreen shows on w, with colours if that is a terminal and nobody has asked for none.
func newScreen(w io.Writer) *screen {
	s := &screen{w: w}
	if file, ok := w.(*os.File); ok && os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" {
		info, err := file.Stat()
		s.coloured = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return s
}

func (s *screen) line(format string, args ...any) { fmt.Fprintf(s.w, format+"\n", args...) }

// title begins a part.
func (s *screen) title(text string) { s.line("\n%s", s.in(bold, text)) }

// labelled shows a text of any length beside a label: the beginning of it, and then how long it is.
func (s *screen) labelled(colour, label, text string) {
	for i, line := range fit(text, columns-indent, maxLines) {
		if i > 0 {
			label = ""
		}
		s.whole(colour, label, line)
	}
}

// whole shows a text of one line beside a label, however wide it is: one that somebody may want to copy.
func (s *screen) whole(colour, label, text string) {
	s.line("  %s%s", s.in(colour, fmt.Sprintf("%-*s", indent-2, label)), text)
}

func (s *screen) in(colour, text string) string {
	if !s.coloured || colour == "" || strings.TrimSpace(text) == "" {
		return text
	}
	return colour + text + plain
}

// fit breaks a text into at most so many lines of that width. If there is more, the last one ends with how much more.
func fit(text string, width, most int) []string {
	text = strings.Join(strings.Fields(text), " ")
	var lines []string
	for rest := []rune(text); len(rest) > 0; {
		if len(rest) <= width {
			return append(lines, string(rest))
		}
		if len(lines) == most-1 {
			kept := width - utf8.RuneCountInString("… and 1234567 more")
			return append(lines, fmt.Sprintf("%s… and %d more", string(rest[:kept]), len(rest)-kept))
		}
		at := breakAt(rest[:width])
		lines = append(lines, strings.TrimSpace(string(rest[:at])))
		rest = []rune(strings.TrimSpace(string(rest[at:])))
	}
	return lines
}

// breakAt tells where a line that is too long is best broken: after the last space or comma, if that is near the end.
func breakAt(line []rune) int {
	for at := len(line); at > len(line)*2/3; at-- {
		if line[at-1] == ' ' || line[at-1] == ',' {
			return at
		}
	}
	return len(line)
}
