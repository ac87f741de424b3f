package lint

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/work"
)

// SyntaxErrors returns findings about the PromQL queries of panels that do not parse and were not in the dashboard before. It
// skips unchanged panels, so its cost depends on the change. unchecked says what was skipped because the budget ended or a
// query is too long.
func SyntaxErrors(budget *work.Budget, before, after json.RawMessage) (found []Finding, unchecked []string) {
	c := &check{shared: newShared(budget)}
	if !c.spend(len(before) + len(after)) {
		return nil, c.unchecked()
	}
	had := map[string]string{} // the panels before, by their keys
	eachPanel(before, func(key string, panel gjson.Result) { had[key] = panel.Raw })
	var written []*Query
	eachPanel(after, func(key string, panel gjson.Result) {
		if had[key] == panel.Raw {
			delete(had, key)
			return
		}
		for i, q := range dashboard.ElementsOf(panel.Get("spec.queries")) {
			if text := promQLOf(q); strings.TrimSpace(text) != "" {
				written = append(written, &Query{Panel: key, Index: i, Where: fmt.Sprintf("panel %s, queries[%d]", clip(key), i), Text: text})
			}
		}
	})
	known := map[string]bool{} // the queries of panels that were changed, renamed or removed
	for _, raw := range had {
		for _, q := range dashboard.ElementsOf(gjson.Get(raw, "spec.queries")) {
			known[promQLOf(q)] = true
		}
	}
	for i, q := range written {
		if known[q.Text] {
			continue
		}
		if !c.spend(len(q.Text) + promql.Cost(q.Text)) {
			c.skipped.add("queries", len(written)-i)
			break
		}
		switch _, err := promql.Parse(q.Text); {
		case errors.Is(err, promql.ErrTooComplex):
			c.skipped.add(longQueries, 1)
		case err != nil:
			c.syntaxError(q, err)
		}
	}
	return c.found, c.unchecked()
}

// eachPanel calls do for each panel of a dashboard.
func eachPanel(document json.RawMessage, do func(key string, panel gjson.Result)) {
	gjson.GetBytes(document, "spec.panels").ForEach(func(key, panel gjson.Result) bool {
		do(key.String(), panel)
		return true
	})
}

// promQLOf returns the text of a PromQL query, "" for queries in other languages.
func promQLOf(query gjson.Result) string {
	if query.Get("spec.plugin.kind").String() != dashboard.PrometheusQuery {
		return ""
	}
	return query.Get("spec.plugin.spec.query").String()
}
