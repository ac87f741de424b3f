package summary

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/perses/mcp-server/pkg/promql"
)

// writer writes lines at a scale, and notes what that costs.
type writer struct {
	scale
	*reader
	shortened, counted, leftOut bool
}

// at returns the outline at a scale.
func (r *reader) at(s scale) Summary {
	w, o := &writer{scale: s, reader: r}, r.head
	o.Title, o.Description = w.short(o.Title, max(s.title, 24)), w.short(o.Description, max(s.text, 60))
	o.Duration, o.Refresh, o.Timezone = w.short(o.Duration, maxKey), w.short(o.Refresh, maxKey), w.short(o.Timezone, maxKey)
	o.Tags = cut(w, o.Tags, func(tag string) string { return w.short(tag, max(s.title, 24)) })
	o.Links = cut(w, r.links, w.definition)
	o.Datasources = cut(w, r.datasources, w.definition)
	o.Variables = cut(w, r.variables, w.definition)
	o.Nowhere = cut(w, r.nowhere, w.panel)
	for i, row := range r.rows {
		if i == s.rows {
			o.RowCount, w.leftOut = len(r.rows), true
			break
		}
		shown := row.Row
		shown.Title, shown.Repeat = w.short(row.Title, max(s.title, 24)), w.short(row.Repeat, maxKey)
		shown.Panels = cut(w, row.places, w.panel)
		o.Rows = append(o.Rows, shown)
	}
	o.Hint = w.hint()
	return o
}

// cut writes as many lines as a list may have, and in the place of the rest their number.
func cut[T any](w *writer, list []T, write func(T) string) []string {
	var lines []string
	for i, of := range list {
		const ofLine = 100 // units
		if !w.budget.Spend(ofLine) {
			break
		}
		if i == w.lines {
			w.leftOut = true
			return append(lines, fmt.Sprintf("… %d more", len(list)-i))
		}
		lines = append(lines, write(of))
	}
	return lines
}

// panel writes key (title) chart [unit]: query; query.
func (w *writer) panel(at place) string {
	l := w.reader.panel(at.panel)
	line := w.name(l)
	if w.about {
		line += " " + w.short(l.about, maxKey)
	}
	switch {
	case l.unit == "":
	case w.unit:
		line += " [" + w.short(l.unit, maxKey) + "]"
	default:
		w.leftOut = true
	}
	if at.repeat != "" && w.about {
		line += " for each $" + w.short(at.repeat, maxKey)
	}
	switch texts := w.texts(l); {
	case texts != "":
		return line + ": " + texts
	case len(l.texts) > 1 && w.about:
		return line + fmt.Sprintf(": %d queries", len(l.texts))
	}
	return line
}

// definition writes name (title): what it is; more about it.
func (w *writer) definition(l line) string {
	line := w.name(l)
	if w.lines < all {
		w.leftOut = true
		return line
	}
	line += ":"
	if l.about != "" {
		line += " " + w.short(l.about, maxKey)
	}
	for _, of := range l.texts {
		line += " " + w.short(of.text, max(w.text, 60)) + w.short(of.behind, maxKey)
	}
	return line + w.short(l.behind, max(w.text, 60))
}

func (w *writer) name(l line) string {
	name := w.short(l.key, maxKey)
	if l.title == "" {
		return name
	}
	if w.title == 0 {
		w.leftOut = true
		return name
	}
	return name + " (" + w.short(l.title, w.title) + ")"
}

// texts writes the queries of a panel or their like; together they have no more than a few times the room of one.
func (w *writer) texts(l line) string {
	if w.text == 0 {
		w.counted = w.counted || len(l.texts) > 0
		return ""
	}
	const together, most = 3, 30
	var texts []string
	room := together * w.text
	for i, of := range l.texts {
		text := w.query(of)
		if room -= len(text); room < 0 && i > 0 || i == most {
			w.shortened = true
			texts = append(texts, fmt.Sprintf("… %d more", len(l.texts)-i))
			break
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

func (w *writer) query(of words) string {
	before, behind := w.short(of.before, maxKey), w.short(of.behind, maxKey)
	text := of.text
	if of.promQL && w.text <= metrics && len(text) > w.text {
		if selected := w.selected(text); selected != "" {
			w.shortened = true
			text = "… " + selected
		}
	}
	return before + w.short(text, w.text) + behind
}

// selected returns the metrics of a query, "" if there are none that are known.
func (r *reader) selected(query string) string {
	selected, known := r.metrics[query]
	if !known {
		if !r.budget.Spend(promql.Cost(query)) {
			return ""
		}
		if parsed, err := promql.Parse(query); err == nil {
			selected = strings.Join(parsed.Metrics(), ", ")
		}
		r.metrics[query] = selected
	}
	return selected
}

// short returns a text in one line of so many bytes at the most, and … if it had more.
func (w *writer) short(text string, most int) string {
	const looked = 16 // times what is shown: nothing has more spaces than that
	if end := looked*most + len("…"); len(text) > end {
		text = text[:end]
	}
	w.budget.Spend(len(text) / looked)
	if strings.Contains(text, "  ") || strings.ContainsFunc(text, inEscape) {
		text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || inEscape(c) }), " ")
	}
	if len(text) <= most {
		return text
	}
	w.shortened = true
	end := max(0, most-len("…"))
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// inEscape tells the characters that JSON would write as escapes: control characters, and what is no character.
func inEscape(c rune) bool {
	return c < ' ' || c == utf8.RuneError || c == '\u2028' || c == '\u2029'
}

// hint says what is not there and where it is.
func (w *writer) hint() string {
	var missing []string
	for _, part := range []struct {
		is   bool
		what string
	}{{w.shortened, "… marks what is shortened"}, {w.counted, "queries are left out"}, {!w.about || w.leftOut, "more is left out to fit"}} {
		if part.is {
			missing = append(missing, part.what)
		}
	}
	if missing == nil {
		return ""
	}
	return strings.Join(missing, ", ") + "; perses_get_dashboard_by_name has it, with path, e.g. " + w.example
}
