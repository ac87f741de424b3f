package query

import (
	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/work"
)

// As returns the datasource as if it were of another kind, for which the Perses of the tests has no plugin.
func (s *Source) As(kind string) *Source {
	other := *s
	other.kind = kind
	return &other
}

// What reads answers of Prometheus.
var (
	TakeResult   = takeResult
	TakeTexts    = takeTexts
	TakeMetadata = takeMetadata
	SeriesOf     = seriesOf
	ParseFloat   = parseFloat
)

// Quoted is quoted of a call with a budget.
func Quoted(budget *work.Budget, meant string, values []string) string {
	return emptiness{Source: &Source{client: &perses.Client{Work: budget}}}.quoted(meant, values)
}
