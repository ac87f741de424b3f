package chart

import (
	"html"
	"regexp"
	"strings"

	"github.com/perses/mcp-server/pkg/work"
)

// span is a piece of text that looks the same throughout.
type span struct {
	text             string
	bold, code, link bool
}

// inlineMark is something that stands out in a line of Markdown.
type inlineMark struct {
	pattern func() *regexp.Regexp // the last group that matched is what is shown
	apply   func(s *span)
	nested  bool // whether there is Markdown within
}

// inlines are all of them. What comes first in the text counts, and of two that begin at one place the one that stands
// higher here.
var inlines = []inlineMark{
	{lazily("``(.+?)``|`([^`]+)`"), func(s *span) { s.code = true }, false},
	{lazily(`!\[([^\]]*)\]\([^)]*\)`), func(*span) {}, false},
	{lazily(`\[([^\]]+)\]\([^)]*\)|\[([^\]]+)\]\[[^\]]*\]`), func(s *span) { s.link = true }, true},
	{lazily(`<((?:https?|mailto):[^>\s]+)>`), func(s *span) { s.link = true }, false},
	{lazily(`\*\*\*(\S(?:.*?\S)?)\*\*\*|\*\*(\S(?:.*?\S)?)\*\*|\b__(\S(?:.*?\S)?)__\b`), func(s *span) { s.bold = true }, true},
	{lazily(`~~(.+?)~~|\*([^\s*](?:[^*]*[^\s*])?)\*|\b_([^\s_](?:.*?\S)?)_\b`), func(*span) {}, true},
	{lazily(`</?[a-zA-Z][^<>]*>|<!--.*?-->()`), func(*span) {}, false},
	{lazily(`\\([!-/:-@\[-` + "`" + `{-~])`), func(*span) {}, false},
}

// maxNested is how deep Markdown within Markdown is read.
const maxNested = 8

// inline reads a line of Markdown. There are no slanted and no struck letters here, so such text stands as it is; of
// links and images their text remains.
func inline(budget *work.Budget, text string, as span, depth int) []span {
	var spans []span
	plain := func(text string) {
		if text != "" {
			one := as
			one.text = html.UnescapeString(text)
			spans = append(spans, one)
		}
	}
	next := make([][]int, len(inlines)) // the next match of each, so that a long line is not searched again and again
	at := 0
	for depth <= maxNested {
		found := -1
		for i, candidate := range inlines {
			if next[i] == nil || next[i][0] < at {
				// A match that is found near may have been searched for in all of the text.
				if !budget.Spend(5 * (len(text) - at)) {
					return spans
				}
				next[i] = candidate.next(text, at)
			}
			if next[i][0] < len(text) && (found < 0 || next[i][0] < next[found][0]) {
				found = i
			}
		}
		if found < 0 {
			break
		}
		match := next[found]
		plain(text[at:match[0]])
		at = match[1]
		inner := as
		inlines[found].apply(&inner)
		content := ""
		for group := len(match) - 2; group > 0; group -= 2 {
			if match[group] >= 0 {
				content = text[match[group]:match[group+1]]
				break
			}
		}
		switch {
		case inlines[found].nested:
			spans = append(spans, inline(budget, content, inner, depth+1)...)
		case content != "":
			inner.text = content
			spans = append(spans, inner)
		case strings.HasPrefix(text[match[0]:], "<br"):
			plain("\n")
		}
	}
	plain(text[at:])
	return spans
}

// next returns the first match from a place on; one at the end of the text if there is none.
func (m inlineMark) next(text string, at int) []int {
	match := m.pattern().FindStringSubmatchIndex(text[at:])
	if match == nil {
		return []int{len(text), len(text)}
	}
	for i := range match {
		if match[i] >= 0 {
			match[i] += at
		}
	}
	return match
}
