package unit

import (
	"fmt"
	"math"
	"time"
	_ "time/tzdata" // dates of the US East, and the time zones of dashboards, on systems that have no zones
)

// invalidDate is what JavaScript calls a date that it cannot reach.
const invalidDate = "Invalid Date"

// layouts are how the units of dates are written, and where: the US East, UTC, or empty for the format's location.
var layouts = map[string]struct{ layout, zone string }{
	"datetime-us":    {"01/02/2006, 03:04:05 PM", "America/New_York"},
	"date-us":        {"01/02/2006", "America/New_York"},
	"time-us":        {"03:04:05 PM", "America/New_York"},
	"datetime-local": {"01/02/2006, 15:04:05", ""},
	"date-local":     {"01/02/2006", ""},
	"time-local":     {"15:04:05", ""},
	"relative-time":  {"01/02/2006, 15:04:05", ""}, // with no time to relate to
	"datetime-iso":   {"2006-01-02T15:04:05.000Z", "UTC"},
	"date-iso":       {"2006-01-02", "UTC"},
	"time-iso":       {"15:04:05.000", "UTC"},
}

// date writes a timestamp in seconds or milliseconds (shared/components/src/model/date.ts). Local dates are those of
// a browser in English.
func (f Format) date(v float64) string {
	switch f.Unit {
	case "unix-timestamp":
		if v > 1e12 {
			v = math.Floor(v / 1000)
		}
		return plain(v)
	case "unix-timestamp-ms":
		if v < 1e11 {
			v *= 1000
		}
		return plain(math.Floor(v))
	}
	at, ok := timeOf(v)
	if !ok {
		return invalidDate
	}
	if f.Unit == "relative-time" && !f.Now.IsZero() {
		return relative(float64(at.UnixMilli()) - float64(f.Now.UnixMilli()))
	}
	how := layouts[f.Unit]
	location := f.Location
	if how.zone != "" {
		location, _ = time.LoadLocation(how.zone) // tzdata has them
	}
	if location == nil {
		location = time.UTC
	}
	return at.In(location).Format(how.layout)
}

// timeOf returns the time that a number stands for, which the UI guesses from its size: seconds up to the year 2286
// and again for the year 9999, milliseconds otherwise.
func timeOf(v float64) (time.Time, bool) {
	const last9999, largest = 260e9, 8.64e15 // the largest number of milliseconds that JavaScript takes for a date
	seconds := math.Abs(v) < 1e10 || v == -1e10
	if v >= 250e9 && v <= last9999 {
		seconds = time.Unix(int64(v), 0).UTC().Year() >= 9999
	}
	if seconds {
		v *= 1000
	}
	if math.IsNaN(v) || math.Abs(v) > largest {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(v)), true
}

// relative writes how far off a time is, in the largest unit of which it is at least about one.
func relative(milliseconds float64) string {
	for _, u := range []struct {
		name       string
		size       float64
		last, next string // of one
	}{
		{"year", 365 * 86400e3, "last year", "next year"},
		{"month", 30 * 86400e3, "last month", "next month"},
		{"week", 7 * 86400e3, "last week", "next week"},
		{"day", 86400e3, "yesterday", "tomorrow"},
		{"hour", 3600e3, "1 hour ago", "in 1 hour"},
		{"minute", 60e3, "1 minute ago", "in 1 minute"},
		{"second", 1e3, "1 second ago", "in 1 second"},
	} {
		count := math.Floor(milliseconds/u.size + 0.5)
		amount := rounding{}.text(digitsOf(math.Abs(count)))
		switch {
		case count == 1:
			return u.next
		case count == -1:
			return u.last
		case count > 1:
			return fmt.Sprintf("in %s %ss", amount, u.name)
		case count < -1:
			return fmt.Sprintf("%s %ss ago", amount, u.name)
		}
	}
	return "now"
}
