package chart

import (
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// maxMarkdownCost is the maximum cost of a text that is parsed as Markdown. Others are drawn as they are written: people do not
// write such texts.
const maxMarkdownCost = work.Max / 5

// markdownCost returns about how many units of work parsing takes. The parser needs quadratic time in three cases:
//   - each of the marks in a paragraph, such as brackets and asterisks, may be compared with all that follows it,
//   - each of the quotations and lists at the beginning of a line is compared with those of the line before,
//   - a table has as many cells in each line as its head has.
func markdownCost(source string) int {
	const perByte, perCell = 40, 50
	cost := perByte * len(source)
	var size, marks, lines, cells int // of the paragraph or table so far
	end := func() {
		cost += size*marks + lines*cells*perCell
		size, marks, lines, cells = 0, 0, 0, 0
	}
	for line := range strings.Lines(source) {
		containers := len(line) - len(strings.TrimLeft(line, " \t>-*+0123456789.)"))
		cost += containers * containers
		if rest := strings.TrimSpace(line); rest == "" || isListItem(line) {
			end()
		}
		size += len(line)
		lines++
		for _, char := range []byte(line) {
			switch char {
			case '|':
				cells++
			case '[', ']', '*', '_', '~', '`', '<', '!', '&', '\\':
				marks++
			}
		}
	}
	end()
	return cost
}

// isListItem reports whether a line begins a list item, and so ends the paragraph before it.
func isListItem(line string) bool {
	line = strings.TrimRight(line, " \t\r\n")
	return len(line) > 2 && strings.ContainsRune("-*+", rune(line[0])) && line[1] == ' '
}
