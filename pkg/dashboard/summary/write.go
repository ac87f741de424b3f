package summary

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/perses/mcp-server/pkg/promql"
)

// writer writes lines at a scale, and records what was shortened or omitted.
type writer struct {
	scale
	*summarizer
	shortened, counted, omitted bool
}

// at returns the summary at a scale.
func (r *summarizer) at(s scale) Summary {
	w, o := &writer{scale: s, summarizer: r}, r.head
	o.Title, o.Description = w.clip(o.Title, max(s.title, 24)), w.clip(o.Description, max(s.text, 60))
	o.Duration, o.Refresh, o.Timezone = w.clip(o.Duration, maxKey), w.clip(o.Refresh, maxKey), w.clip(o.Timezone, maxKey)
	o.Tags = cut(w, o.Tags, func(tag string) string { return w.clip(tag, max(s.title, 24)) })
	o.Links = cut(w, r.links, w.definition)
	o.Datasources = cut(w, r.datasources, w.definition)
	o.Variables = cut(w, r.variables, w.definition)
	o.NotShown = cut(w, r.notShown, w.panel)
	for i, row := range r.rows {
		if i == s.rows {
			o.RowCount, w.omitted = len(r.rows), true
			break
		}
		shown := row.Row
		shown.Title, shown.Repeat = w.clip(row.Title, max(s.title, 24)), w.clip(row.Repeat, maxKey)
		shown.Panels = cut(w, row.places, w.panel)
		o.Rows = append(o.Rows, shown)
	}
	o.Hint = w.hint()
	return o
}

// cut writes the lines that a list may have, and the number of the others.
func cut[T any](w *writer, list []T, write func(T) string) []string {
	var lines []string
	for i, of := range list {
		const perLine = 100 // units
		if !w.budget.Spend(perLine) {
			break
		}
		if i == w.lines {
			w.omitted = true
			return append(lines, fmt.Sprintf("… %d more", len(list)-i))
		}
		lines = append(lines, write(of))
	}
	return lines
}

// panel returns key (title) chart [unit]: query; query.
func (w *writer) panel(at place) string {
	l := w.summarizer.panel(at.panel)
	line := w.name(l)
	if w.kind {
		line += " " + w.clip(l.kind, maxKey)
	}
	switch {
	case l.unit == "":
	case w.unit:
		line += " [" + w.clip(l.unit, maxKey) + "]"
	default:
		w.omitted = true
	}
	if at.repeat != "" && w.kind {
		line += " for each $" + w.clip(at.repeat, maxKey)
	}
	switch texts := w.texts(l); {
	case texts != "":
		return line + ": " + texts
	case len(l.texts) > 1 && w.kind:
		return line + fmt.Sprintf(": %d queries", len(l.texts))
	}
	return line
}

// definition returns name (title): kind and details.
func (w *writer) definition(l line) string {
	line := w.name(l)
	if w.lines < all {
		w.omitted = true
		return line
	}
	line += ":"
	if l.kind != "" {
		line += " " + w.clip(l.kind, maxKey)
	}
	for _, of := range l.texts {
		line += " " + w.clip(of.text, max(w.text, 60)) + w.clip(of.suffix, maxKey)
	}
	return line + w.clip(l.suffix, max(w.text, 60))
}

func (w *writer) name(l line) string {
	name := w.clip(l.key, maxKey)
	if l.title == "" {
		return name
	}
	if w.title == 0 {
		w.omitted = true
		return name
	}
	return name + " (" + w.clip(l.title, w.title) + ")"
}

// texts returns the queries or other texts of a panel. Together they may be a few times as long as one.
func (w *writer) texts(l line) string {
	if w.text == 0 {
		w.counted = w.counted || len(l.texts) > 0
		return ""
	}
	const together, limit = 3, 30
	var texts []string
	room := together * w.text
	for i, of := range l.texts {
		text := w.query(of)
		if room -= len(text); room < 0 && i > 0 || i == limit {
			w.shortened = true
			texts = append(texts, fmt.Sprintf("… %d more", len(l.texts)-i))
			break
		}
		texts = append(texts, text)
	}
	return strings.Join(texts, "; ")
}

func (w *writer) query(of phrase) string {
	prefix, suffix := w.clip(of.prefix, maxKey), w.clip(of.suffix, maxKey)
	text := of.text
	if of.promQL && w.text <= metricsOnly && len(text) > w.text {
		if selected := w.metricsOf(text); selected != "" {
			w.shortened = true
			text = "… " + selected
		}
	}
	return prefix + w.clip(text, w.text) + suffix
}

// metricsOf returns the metrics of a query, "" if they are unknown.
func (r *summarizer) metricsOf(query string) string {
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

// clip returns a text in one line of at most limit bytes, including … if it was shortened.
func (w *writer) clip(text string, limit int) string {
	const scanned = 16 // times the limit, since spaces are removed
	if end := scanned*limit + len("…"); len(text) > end {
		text = text[:end]
	}
	w.budget.Spend(len(text) / scanned)
	if strings.Contains(text, "  ") || strings.ContainsFunc(text, isEscaped) {
		text = strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == ' ' || isEscaped(c) }), " ")
	}
	if len(text) <= limit {
		return text
	}
	w.shortened = true
	end := max(0, limit-len("…"))
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// isEscaped reports whether JSON escapes a character: control characters and invalid ones.
func isEscaped(c rune) bool {
	return c < ' ' || c == utf8.RuneError || c == '\u2028' || c == '\u2029'
}

// hint says what is missing and how to get it.
func (w *writer) hint() string {
	var missing []string
	for _, part := range []struct {
		is   bool
		what string
	}{{w.shortened, "… marks shortened texts"}, {w.counted, "queries are omitted"}, {!w.kind || w.omitted, "more is omitted to fit"}} {
		if part.is {
			missing = append(missing, part.what)
		}
	}
	if missing == nil {
		return ""
	}
	return strings.Join(missing, ", ") + "; perses_get_dashboard_by_name returns everything, by path, such as " + w.example
}
