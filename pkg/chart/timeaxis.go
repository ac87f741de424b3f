package chart

import "time"

// tick is a place on the time axis that has a label.
type tick struct {
	at    time.Time
	label string
}

const day = 24 * time.Hour

// timeSteps are the distances between ticks that are simple on the clock and in the calendar, in their order.
// Only one of the fields of each is set.
var timeSteps = []timeStep{
	{clock: time.Millisecond}, {clock: 2 * time.Millisecond}, {clock: 5 * time.Millisecond},
	{clock: 10 * time.Millisecond}, {clock: 20 * time.Millisecond}, {clock: 50 * time.Millisecond},
	{clock: 100 * time.Millisecond}, {clock: 200 * time.Millisecond}, {clock: 500 * time.Millisecond},
	{clock: time.Second}, {clock: 2 * time.Second}, {clock: 5 * time.Second}, {clock: 10 * time.Second},
	{clock: 15 * time.Second}, {clock: 30 * time.Second},
	{clock: time.Minute}, {clock: 2 * time.Minute}, {clock: 5 * time.Minute}, {clock: 10 * time.Minute},
	{clock: 15 * time.Minute}, {clock: 30 * time.Minute},
	{clock: time.Hour}, {clock: 2 * time.Hour}, {clock: 3 * time.Hour}, {clock: 6 * time.Hour}, {clock: 12 * time.Hour},
	{days: 1}, {days: 2}, {days: 4}, {days: 7}, {days: 14},
	{months: 1}, {months: 2}, {months: 3}, {months: 6},
	{years: 1}, {years: 2}, {years: 5}, {years: 10}, {years: 20}, {years: 50}, {years: 100},
}

// timeStep is a distance between ticks.
type timeStep struct {
	clock               time.Duration // below a day, counted from midnight
	days, months, years int           // of the month, of the year, and since the year 0
}

// about is how long the step is.
func (s timeStep) about() time.Duration {
	return s.clock + time.Duration(s.days+30*s.months+365*s.years)*day
}

// first returns the last time of the step that is not after a time of a calendar without time zones.
func (s timeStep) first(t time.Time) time.Time {
	switch {
	case s.years > 0:
		return time.Date(t.Year()-t.Year()%s.years, 1, 1, 0, 0, 0, 0, time.UTC)
	case s.months > 0:
		return time.Date(t.Year(), t.Month()-(t.Month()-1)%time.Month(s.months), 1, 0, 0, 0, 0, time.UTC)
	case s.days > 0:
		return time.Date(t.Year(), t.Month(), t.Day()-(t.Day()-1)%s.days, 0, 0, 0, 0, time.UTC)
	}
	return t.Truncate(s.clock)
}

// next returns the time of the step after another of its times. Steps of days begin again with each month, and
// leave out the day that would stand too close to the next one.
func (s timeStep) next(t time.Time) time.Time {
	next := t.Add(s.clock).AddDate(s.years, s.months, s.days)
	if s.days > 1 {
		month := time.Date(t.Year(), t.Month()+1, 1, 0, 0, 0, 0, time.UTC)
		if month.Sub(next) < time.Duration(s.days)*day/2 {
			return month
		}
	}
	return next
}

// inZone returns the time when clocks of a time zone show what they would show without time zones, and reverse.
func inZone(t time.Time, zone *time.Location) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), zone)
}

// timeTicks returns the ticks of a time axis with room for so many labels, which show the time in the zone of start.
func timeTicks(start, end time.Time, count int) []tick {
	span := end.Sub(start)
	if span <= 0 || count < 1 {
		return nil
	}
	step := timeSteps[len(timeSteps)-1]
	for _, candidate := range timeSteps {
		if span/candidate.about() <= time.Duration(count) {
			step = candidate
			break
		}
	}
	var ticks []tick
	last := start.Add(-1)
	for clock := step.first(inZone(start, time.UTC)); len(ticks) <= 2*count+2; clock = step.next(clock) {
		at := inZone(clock, start.Location())
		if at.After(end) {
			break
		}
		if at.After(last) { // and not, where the clocks are set forward, what they do not show
			ticks = append(ticks, tick{at, timeLabel(at, span)})
			last = at
		}
	}
	return ticks
}

// timeLabel writes a time as the UI labels its axis over such a span (getFormattedAxisLabel in
// components/src/utils/format.ts of perses/shared). Where that names no format, ECharts shows the largest part of
// the date that changes.
func timeLabel(t time.Time, span time.Duration) string {
	const month, year = 2629440 * time.Second, 365 * day
	switch {
	case span > 5*year:
		return t.Format("2006")
	case span > 2*year:
		return t.Format("Jan 2006")
	case span > 5*day && span < 6*month:
		return t.Format("01/02")
	case span > 2*day && span <= 5*day:
		return t.Format("01/02 15:04")
	}
	switch {
	case t.Nanosecond() != 0:
		return t.Format("15:04:05.000")
	case t.Second() != 0:
		return t.Format("15:04:05")
	case t.Hour() != 0 || t.Minute() != 0:
		return t.Format("15:04")
	case t.Day() != 1:
		return t.Format("01/02")
	case t.Month() != 1:
		return t.Format("Jan")
	}
	return t.Format("Jan 2006") // in two lines there
}
