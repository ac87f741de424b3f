package query

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
