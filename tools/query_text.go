package tools

import (
	"errors"
	"fmt"
	"strings"

	"github.com/perses/mcp-server/pkg/dashboard"
	"github.com/perses/mcp-server/pkg/promql"
	"github.com/perses/mcp-server/pkg/query"
	"github.com/perses/mcp-server/pkg/variable"
	"github.com/perses/mcp-server/pkg/work"
)

// refusedText adds to the error of a query what its text says of it: the place that the datasource gives as 1:13, and what is
// no part of the language.
func refusedText(budget *work.Budget, source *query.Source, text string, err error) error {
	if !query.RefusesQuery(err) {
		return err
	}
	said := err.Error()
	var e *promql.Error
	if source.Kind() == query.Prometheus && budget.Spend(promql.Cost(text)) {
		if _, unparsed := promql.Parse(text); errors.As(unparsed, &e) && strings.HasSuffix(said, e.Reason) {
			said = strings.TrimSuffix(said, e.Reason) + e.Describe(text)
		}
	}
	if hint := dashboardVariables(text); hint != "" {
		said += ". " + strings.TrimSuffix(hint, ".")
	}
	if said == err.Error() {
		return err
	}
	return errors.New(said)
}

// dashboardVariables says that a query names a variable, which only dashboards have; "" if it names none.
func dashboardVariables(text string) string {
	for _, name := range dashboard.References(text) {
		if !variable.IsAmount(name) {
			return fmt.Sprintf("$%s has a value only in a dashboard: write one here, or run its panel with perses_run_panel.", clip(name))
		}
	}
	return ""
}
