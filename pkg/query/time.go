package query

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/common/model"
)

const wantTime = "want RFC 3339 such as 2026-01-31T12:00:00Z, Unix seconds, or relative to now such as now-1h or 30m ago"

// ParseTime reads a time: RFC 3339, Unix seconds or milliseconds, now, now-1h, now+5m, or a duration, which is meant to
// be that long ago, with ago or without. Durations are Prometheus' own, such as 1h30m or 2d.
func ParseTime(text string, now time.Time) (time.Time, error) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t.UTC(), checkYear(text, t)
	}
	if seconds, err := strconv.ParseFloat(text, 64); err == nil {
		return unixTime(text, seconds)
	}
	if offset, ok := strings.CutPrefix(text, "now"); ok {
		offset = strings.TrimSpace(offset)
		if offset == "" {
			return now.UTC(), nil
		}
		d, err := model.ParseDuration(strings.TrimSpace(offset[1:]))
		switch {
		case err == nil && offset[0] == '-':
			return now.Add(-time.Duration(d)).UTC(), nil
		case err == nil && offset[0] == '+':
			return now.Add(time.Duration(d)).UTC(), nil
		}
	} else if d, err := model.ParseDuration(strings.TrimSuffix(text, " ago")); err == nil {
		return now.Add(-time.Duration(d)).UTC(), nil
	}
	return time.Time{}, fmt.Errorf("%q is no time: %s", Clip(text, 100), wantTime)
}

// fromMilliseconds is from where on a number is taken for milliseconds: as seconds it would be after the year 5000.
const fromMilliseconds = 1e11

func unixTime(text string, seconds float64) (time.Time, error) {
	if math.Abs(seconds) >= fromMilliseconds {
		seconds /= 1000
	}
	if math.IsNaN(seconds) || math.Abs(seconds) >= fromMilliseconds {
		return time.Time{}, fmt.Errorf("%q is no time: %s", Clip(text, 100), wantTime)
	}
	whole, part := math.Modf(seconds)
	t := time.Unix(int64(whole), int64(math.Round(part*1e3))*1e6).UTC()
	return t, checkYear(text, t)
}

// checkYear refuses times that the APIs of datasources do not understand, and that nobody means.
func checkYear(text string, t time.Time) error {
	if t.Year() < 1970 || t.Year() > 9999 {
		return fmt.Errorf("%q is no time that data can have: %s", Clip(text, 100), wantTime)
	}
	return nil
}

// ParseStep reads a step: a duration, or seconds.
func ParseStep(text string) (time.Duration, error) {
	text = strings.TrimSpace(text)
	if seconds, err := strconv.ParseFloat(text, 64); err == nil && seconds >= 0.001 && seconds < 1e9 {
		return time.Duration(math.Round(seconds*1000)) * time.Millisecond, nil
	}
	if d, err := model.ParseDuration(text); err == nil && d > 0 {
		return time.Duration(d), nil
	}
	return 0, fmt.Errorf("step: %q is none: want a duration above 0 such as 30s or 5m, or seconds", Clip(text, 100))
}

const (
	// maxPoints is how many points of a series Prometheus answers with at the most (web/api/v1/api.go).
	maxPoints = 11_000
	// defaultPoints is how many there are when nobody asks for a step.
	defaultPoints = 240
)

// niceSteps are the steps that are chosen.
var niceSteps = []time.Duration{
	time.Second, 2 * time.Second, 5 * time.Second, 10 * time.Second, 15 * time.Second, 30 * time.Second,
	time.Minute, 2 * time.Minute, 5 * time.Minute, 10 * time.Minute, 15 * time.Minute, 30 * time.Minute,
	time.Hour, 2 * time.Hour, 3 * time.Hour, 6 * time.Hour, 12 * time.Hour, 24 * time.Hour, 2 * 24 * time.Hour, 7 * 24 * time.Hour,
}

// nice returns the first of the nice steps that is not below one; above all of them, whole weeks.
func nice(step time.Duration) time.Duration {
	for _, s := range niceSteps {
		if s >= step {
			return s
		}
	}
	week := niceSteps[len(niceSteps)-1]
	return (step + week - 1) / week * week
}

// NewRange returns the range between two times. Without a step, it has about 240 points, no nearer to each other than
// the samples are. A start that is not before the end, and more points than a datasource gives, are errors.
func NewRange(start, end time.Time, step, scrapeInterval time.Duration) (Range, error) {
	length := end.Sub(start)
	if length <= 0 {
		return Range{}, fmt.Errorf("start (%s) is not before end (%s)", FormatTime(start), FormatTime(end))
	}
	if step == 0 {
		step = max(nice(length/defaultPoints), nice(scrapeInterval))
		// A range of a few scrape intervals still wants some points.
		if length/step < 10 {
			step = nice(length / 10)
		}
	}
	if points := length/step + 1; points > maxPoints {
		return Range{}, fmt.Errorf("step: %s from %s to %s makes %d points of each series, more than the %d that there can be: take a step of %s or more, or leave it out",
			FormatDuration(step), FormatTime(start), FormatTime(end), points, maxPoints, FormatDuration(nice(length/(maxPoints-1))))
	}
	return Range{Start: start, End: end, Step: step}, nil
}

// FormatTime writes a time as RFC 3339 in UTC, to the millisecond if it has one.
func FormatTime(t time.Time) string {
	return t.UTC().Truncate(time.Millisecond).Format(time.RFC3339Nano)
}

// FormatDuration writes a duration as Prometheus does, such as 1h30m.
func FormatDuration(d time.Duration) string { return model.Duration(d).String() }
