// Package unit writes numbers as Perses' UI does: with their unit, shortened and rounded.
package unit

import (
	"encoding/json"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Format says how a number is written: the format of a panel, as dashboards have it. Its zero value is that of a panel
// without a format, whose numbers are written whole.
type Format struct {
	Unit          string `json:"unit,omitempty"`          // one of Names
	DecimalPlaces *int   `json:"decimalPlaces,omitempty"` // 0 to 20; nil for three significant digits
	ShortValues   *bool  `json:"shortValues,omitempty"`   // whether 1234 is 1.23K; nil for yes

	// What units of dates need to know, and no document says.
	Location *time.Location `json:"-"` // of what is local; UTC if nil
	Now      time.Time      `json:"-"` // to which times are relative; without it they are written as dates
}

// UnmarshalJSON reads a format as leniently as the UI does: what has a wrong type is left out, and a format that
// names no unit is one of decimal numbers. It fails on nothing.
func (f *Format) UnmarshalJSON(data []byte) error {
	var raw struct{ Unit, DecimalPlaces, ShortValues any }
	if json.Unmarshal(data, &raw) != nil || string(data) == "null" {
		return nil
	}
	*f = Format{Unit: Decimal, Location: f.Location, Now: f.Now}
	if name, ok := raw.Unit.(string); ok && name != "" {
		f.Unit = name
	}
	if places, ok := raw.DecimalPlaces.(float64); ok {
		whole := int(math.Max(0, math.Min(places, maxPlaces)))
		f.DecimalPlaces = &whole
	}
	if short, ok := raw.ShortValues.(bool); ok {
		f.ShortValues = &short
	}
	return nil
}

// maxPlaces is as many decimal places as the UI writes (shared/components/src/model/utils.ts).
const maxPlaces = 20

// Decimal is the unit of a number that has none.
const Decimal = "decimal"

// Group is a family of units that are written alike.
type Group string

// The groups of units, by the names that the UI's selector has for them.
const (
	Time        Group = "Time"
	Percent     Group = "Percent"
	Numbers     Group = "Decimal"
	Bytes       Group = "Bytes"
	Bits        Group = "Bits"
	Throughput  Group = "Throughput"
	Currency    Group = "Currency"
	Temperature Group = "Temperature"
	Date        Group = "Date"
)

// known are the units of Perses (shared/cue/common/format.cue) and what writing them takes.
var known = map[string]struct {
	group  Group
	size   float64 // of time: its seconds; of percents: of the whole; of bytes and bits: of the next larger unit
	symbol string  // what stands beside the number
}{
	"nanoseconds":  {Time, 0.000000001, "ns"},
	"microseconds": {Time, 0.000001, "μs"},
	"milliseconds": {Time, 0.001, "ms"},
	"seconds":      {Time, 1, "s"},
	"minutes":      {Time, 60, "m"},
	"hours":        {Time, 3600, "h"},
	"days":         {Time, 86400, "d"},
	"weeks":        {Time, 604800, "w"},
	"months":       {Time, 2592000, " month"},
	"years":        {Time, 31536000, " year"},

	"percent":         {Percent, 100, "%"},
	"%":               {Percent, 100, "%"},
	"percent-decimal": {Percent, 1, "%"},

	Decimal: {Numbers, 0, ""},

	"bytes":    {Bytes, 1024, "bytes"},
	"decbytes": {Bytes, 1000, "bytes"},
	"bits":     {Bits, 1024, "bits"},
	"decbits":  {Bits, 1000, "bits"},

	"bytes/sec":    {Throughput, 1024, "bytes"},
	"decbytes/sec": {Throughput, 1000, "bytes"},
	"bits/sec":     {Throughput, 1024, "bits"},
	"decbits/sec":  {Throughput, 1000, "bits"},
	"counts/sec":   {Throughput, 0, "counts/sec"},
	"events/sec":   {Throughput, 0, "events/sec"},
	"messages/sec": {Throughput, 0, "messages/sec"},
	"ops/sec":      {Throughput, 0, "ops/sec"},
	"packets/sec":  {Throughput, 0, "packets/sec"},
	"reads/sec":    {Throughput, 0, "reads/sec"},
	"records/sec":  {Throughput, 0, "records/sec"},
	"requests/sec": {Throughput, 0, "requests/sec"},
	"rows/sec":     {Throughput, 0, "rows/sec"},
	"writes/sec":   {Throughput, 0, "writes/sec"},

	"aud": {Currency, 0, "A$"},
	"cad": {Currency, 0, "CA$"},
	"chf": {Currency, 0, "CHF"},
	"cny": {Currency, 0, "CN¥"},
	"eur": {Currency, 0, "€"},
	"gbp": {Currency, 0, "£"},
	"hkd": {Currency, 0, "HK$"},
	"inr": {Currency, 0, "₹"},
	"jpy": {Currency, 0, "¥"},
	"krw": {Currency, 0, "₩"},
	"nok": {Currency, 0, "NOK"},
	"nzd": {Currency, 0, "NZ$"},
	"sek": {Currency, 0, "SEK"},
	"sgd": {Currency, 0, "SGD"},
	"usd": {Currency, 0, "$"},

	"celsius":    {Temperature, 0, "°C"},
	"fahrenheit": {Temperature, 0, "°F"},

	"datetime-iso":      {Date, 0, ""},
	"datetime-us":       {Date, 0, ""},
	"datetime-local":    {Date, 0, ""},
	"date-iso":          {Date, 0, ""},
	"date-us":           {Date, 0, ""},
	"date-local":        {Date, 0, ""},
	"time-local":        {Date, 0, ""},
	"time-iso":          {Date, 0, ""},
	"time-us":           {Date, 0, ""},
	"relative-time":     {Date, 0, ""},
	"unix-timestamp":    {Date, 0, ""},
	"unix-timestamp-ms": {Date, 0, ""},
}

// Names returns the units that Perses accepts in a document, sorted. The UI knows one more, % for percent.
func Names() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(known)), func(name string) bool { return name == "%" })
}

// Group returns the group of the format's unit; of an unknown unit that of decimal numbers.
func (f Format) Group() Group {
	if of, ok := known[f.Unit]; ok {
		return of.group
	}
	return Numbers
}

// Text writes a number as the UI writes it (shared/components/src/model/units.ts). NaN and the infinities keep their
// unit, as in NaN%; where the UI fails over them, with dates, Text says Invalid Date. A unit that Perses does not know
// is left out.
func (f Format) Text(v float64) string {
	of := known[f.Unit]
	switch f.Group() {
	case Time:
		return f.duration(v * of.size)
	case Percent:
		// The UI divides percents by a hundred before it writes them as such, so the digits carry the error of that.
		return f.rounding().text(digitsOf(v/of.size).times(2)) + "%"
	case Bytes, Bits:
		return f.data(v, of.size, of.symbol)
	case Throughput:
		if of.size == 0 {
			return f.number(v) + " " + of.symbol
		}
		return f.data(v, of.size, of.symbol) + per(v, of.size)
	case Currency:
		return currency(f.three(v), of.symbol)
	case Temperature:
		return f.three(v) + of.symbol
	case Date:
		return f.date(v)
	default:
		if f.Unit == "" && f.DecimalPlaces == nil && f.ShortValues == nil {
			return plain(v)
		}
		return f.number(v)
	}
}

func (f Format) short() bool { return f.ShortValues == nil || *f.ShortValues }

// currency puts the symbol before the number, as English does: a code of letters with a space that does not break.
func currency(number, symbol string) string {
	sign := ""
	if rest, negative := strings.CutPrefix(number, "-"); negative {
		sign, number = "-", rest
	}
	if last := symbol[len(symbol)-1]; last >= 'A' && last <= 'Z' && number[0] >= '0' && number[0] <= '9' {
		symbol += "\u00a0"
	}
	return sign + symbol + number
}

// plain writes all digits of a number, as JavaScript does when it turns one into a string.
func plain(v float64) string {
	switch {
	case v == 0: // also that below zero
		return "0"
	case math.IsInf(v, 0):
		return strings.TrimPrefix(strconv.FormatFloat(v, 'f', -1, 64), "+") + "inity"
	case math.IsNaN(v):
		return "NaN"
	}
	text, _ := json.Marshal(v) // whose rules for finite numbers are JavaScript's
	return string(text)
}
