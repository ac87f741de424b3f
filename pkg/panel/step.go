package panel

import (
	"math"
	"time"

	"github.com/perses/mcp-server/pkg/query"
)

const day = 24 * time.Hour

// roundSteps are the steps to which the UI rounds: a duration becomes the step of the first bound above it
// (spec/ts/src/common/time.ts). The UI's step of 15 minutes is missing here because it has the same bound as the step before it.
var roundSteps = []struct{ below, step time.Duration }{
	{15 * time.Millisecond, 10 * time.Millisecond},
	{35 * time.Millisecond, 20 * time.Millisecond},
	{75 * time.Millisecond, 50 * time.Millisecond},
	{150 * time.Millisecond, 100 * time.Millisecond},
	{350 * time.Millisecond, 200 * time.Millisecond},
	{750 * time.Millisecond, 500 * time.Millisecond},
	{1500 * time.Millisecond, time.Second},
	{3500 * time.Millisecond, 2 * time.Second},
	{7500 * time.Millisecond, 5 * time.Second},
	{12500 * time.Millisecond, 10 * time.Second},
	{17500 * time.Millisecond, 15 * time.Second},
	{25 * time.Second, 20 * time.Second},
	{45 * time.Second, 30 * time.Second},
	{90 * time.Second, time.Minute},
	{210 * time.Second, 2 * time.Minute},
	{450 * time.Second, 5 * time.Minute},
	{750 * time.Second, 10 * time.Minute},
	{25 * time.Minute, 20 * time.Minute},
	{45 * time.Minute, 30 * time.Minute},
	{90 * time.Minute, time.Hour},
	{150 * time.Minute, 2 * time.Hour},
	{270 * time.Minute, 3 * time.Hour},
	{9 * time.Hour, 6 * time.Hour},
	{day, 12 * time.Hour},
	{7 * day, day},
	{21 * day, 7 * day},
	{42 * day, 30 * day},
	{2 * 365 * day, 365 * day},
}

// suggestedStep returns the step that gives a chart about one point per pixel of its width.
func suggestedStep(start, end time.Time, pixels int) time.Duration {
	step := time.Duration(end.Sub(start).Milliseconds()/int64(max(1, pixels))) * time.Millisecond
	for _, round := range roundSteps {
		if step < round.below {
			return round.step
		}
	}
	return 15 * time.Second
}

// maxPoints is the maximum number of points of a series that the UI requests.
const maxPoints = 10000

// rangeStep returns the step of a range query: the suggested step, unless it is below minStep or gives more than maxPoints
// (prometheus/src/model/time.ts, loki/src/queries/loki-time-series-query).
func rangeStep(length, minStep, suggested time.Duration) time.Duration {
	safe := length / maxPoints
	if safe > time.Second {
		safe = time.Duration(math.Ceil(safe.Seconds())) * time.Second
	}
	return max(suggested, minStep, safe)
}

// aligned returns the range that the UI requests from Prometheus: whole seconds, with both ends moved back to a multiple of the step.
// The UI counts from midnight in the user's time zone; here it is UTC
// (prometheus/src/plugins/prometheus-time-series-query/get-time-series-data.ts).
func aligned(start, end time.Time, minStep, suggested time.Duration) query.Range {
	start, end = start.Truncate(time.Second), end.Truncate(time.Second)
	step := max(rangeStep(end.Sub(start), minStep, suggested), time.Millisecond)
	align := func(t time.Time) time.Time {
		ms := step.Milliseconds()
		return time.UnixMilli(floor(t.UnixMilli(), ms)).UTC()
	}
	start, end = align(start), align(end)
	if !end.After(start) {
		end = start.Add(step)
	}
	return query.Range{Start: start, End: end, Step: step}
}

// floor returns the multiple of size at or below n.
func floor(n, size int64) int64 {
	if rest := n % size; rest < 0 {
		return n - rest - size
	}
	return n - n%size
}
