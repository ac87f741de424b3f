package unit_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/perses/mcp-server/pkg/unit"
)

// read returns the format that a dashboard would have.
func read(t testing.TB, document string) unit.Format {
	t.Helper()
	var f unit.Format
	if err := json.Unmarshal([]byte(document), &f); err != nil {
		t.Fatal(err)
	}
	return f
}

// TestText holds what the tests of the UI hold (shared/components/src/model/*.test.ts), and what its
// Intl.NumberFormat says in addition.
func TestText(t *testing.T) {
	nan, inf, zero := math.NaN(), math.Inf(1), math.Copysign(0, -1)
	for format, cases := range map[string]map[float64]string{
		`{"unit":"decimal"}`: {
			-4444: "-4.44K", -0.123456789: "-0.123", 0: "0", 1: "1", 10: "10", 10.123456: "10.1", 1000: "1K", 4444: "4.44K",
			88888888: "88.9M", 1e9: "1B", 1010101010: "1.01B", 999.6: "1K", 999999: "1M", 1e15: "1,000T", 1e16: "10,000T",
			1.5e18: "1,500,000T", inf: "∞", -inf: "-∞", 0.0001234: "0.000123", 1e-10: "0.0000000001", 12345678901234567890: "12,300,000T",
			1234.5: "1.23K", 1235: "1.24K", 1225: "1.23K", 0.1 + 0.2: "0.3", 1.005: "1.01", 2.345: "2.35",
		},
		`{"unit":"decimal","shortValues":false}`: {
			-4444: "-4,444", -0.123456789: "-0.123", 10.123456: "10.123", 4444: "4,444", 1010101010: "1,010,101,010",
			0.0005: "0.001", 0.0015: "0.002", 1.0005: "1.001", 5e-324: "0", 1e21: "1,000,000,000,000,000,000,000",
		},
		`{"unit":"decimal","shortValues":false,"decimalPlaces":4}`: {-4444: "-4,444.0000", 10: "10.0000", 88888888: "88,888,888.0000"},
		`{"unit":"decimal","shortValues":true,"decimalPlaces":4}`: {
			-4444: "-4.4440K", -0.123456789: "-0.1235", 1000: "1.0000K", 88888888: "88.8889M", 1010101010: "1.0101B",
			1e15: "1,000.0000T", 1e18: "1,000,000.0000T", 999999.99999: "1.0000M", 0.00001: "0.0000",
		},
		`{"unit":"decimal","decimalPlaces":0}`: {1499: "1K", 1500: "2K", 999500: "1M", 999499: "999K", 0.5: "1", 1.5: "2", 2.5: "3"},
		`{"unit":"decimal","decimalPlaces":2}`: {1.005: "1.01", 2.675: "2.68", -0.001: "-0.00"},
		`{"shortValues":true}`:                 {1234: "1.23K"},
		`{"shortValues":false}`:                {1234: "1,234"},
		`{"decimalPlaces":2}`:                  {14.5678: "14.57"},
		`{"decimalPlaces":-3}`:                 {14.5678: "15"},
		`{"decimalPlaces":99}`:                 {0.5: "0.50000000000000000000"},
		`{"unit":"furlongs"}`:                  {1234: "1.23K"},
		`{"unit":7,"decimalPlaces":"many"}`:    {1234: "1.23K"},
		`null`:                                 {0.30000000000000004: "0.30000000000000004", 1e21: "1e+21", 1e-7: "1e-7", 123456789012345680000: "123456789012345680000", inf: "Infinity", -inf: "-Infinity", -5: "-5"},

		`{"unit":"percent"}`:                           {0: "0%", 0.001111: "0.00111%", 1.1111: "1.11%", 55.555: "55.6%", 111.111: "111%", 1e5: "100,000%", inf: "∞%"},
		`{"unit":"percent","decimalPlaces":0}`:         {0.111111: "0%", 55.555: "56%"},
		`{"unit":"%","decimalPlaces":4}`:               {0: "0.0000%", 0.001111: "0.0011%", 55.555: "55.5550%", 111.111: "111.1110%"},
		`{"unit":"percent-decimal"}`:                   {0.00001111: "0.00111%", 0.01: "1%", 0.1111: "11.1%", 1: "100%", 10: "1,000%", 1.005: "101%"},
		`{"unit":"percent-decimal","decimalPlaces":4}`: {0.00001111: "0.0011%", 0.01111: "1.1110%", 0.1111: "11.1100%", 1: "100.0000%"},

		`{"unit":"bytes"}`: {
			0: "0 bytes", 1: "1 byte", -1: "-1 byte", 1.0001: "1 byte", 1023: "1,020 bytes", 1024: "1 KiB", -1024: "-1 KiB", 1536: "1.5 KiB",
			1048576: "1 MiB", 1073741824: "1 GiB", 1099511627776: "1 TiB", 1048575: "1024 KiB", 1e30: "827180.61 YiB", inf: "∞ bytes",
		},
		`{"unit":"bytes","shortValues":false}`: {1024: "1,024 bytes"},
		`{"unit":"bytes","decimalPlaces":2}`:   {1: "1.00 bytes"},
		`{"unit":"decbytes"}`: {
			-1234: "-1.23 KB", 10.1234: "10.1 bytes", 1000: "1 KB", 123456: "123.46 KB", 12345678: "12.35 MB", 1234567890: "1.23 GB",
			1e12: "1 TB", 1e15: "1 PB", 1e18: "1 EB", 1235: "1.24 KB", -1235: "-1.23 KB", -1236: "-1.24 KB",
		},
		`{"unit":"decbytes","shortValues":false}`:                   {-1234: "-1,234 bytes", 10.1234: "10.123 bytes", 12345678: "12,345,678 bytes"},
		`{"unit":"decbytes","shortValues":false,"decimalPlaces":4}`: {10: "10.0000 bytes", 1234: "1,234.0000 bytes"},
		`{"unit":"decbytes","decimalPlaces":4}`:                     {-1234: "-1.2340 KB", 12345678: "12.3457 MB", 10.1234: "10.1234 bytes", 1e9: "1.0000 GB"},
		`{"unit":"bits"}`:                                           {0: "0 bits", 1: "1 bits", 1024: "1 Kib", 1048576: "1 Mib", 1073741824: "1 Gib"},
		`{"unit":"bits","decimalPlaces":3}`:                         {1024: "1.000 Kib"},
		`{"unit":"decbits"}`:                                        {-1234: "-1.23 Kb", 100: "100 bits", 1000: "1 Kb", 1e6: "1 Mb", 1e9: "1 Gb"},
		`{"unit":"decbits","shortValues":false,"decimalPlaces":4}`:  {-1234: "-1,234.0000 bits"},

		`{"unit":"counts/sec"}`:                                          {-4444: "-4.44K counts/sec", 0: "0 counts/sec"},
		`{"unit":"ops/sec","shortValues":false}`:                         {-4444: "-4,444 ops/sec"},
		`{"unit":"requests/sec","shortValues":false,"decimalPlaces":4}`:  {-4444: "-4,444.0000 requests/sec"},
		`{"unit":"writes/sec","shortValues":true,"decimalPlaces":4}`:     {-4444: "-4.4440K writes/sec"},
		`{"unit":"records/sec","shortValues":false,"decimalPlaces":4}`:   {-0.123456789: "-0.1235 records/sec"},
		`{"unit":"decbytes/sec"}`:                                        {999: "999 bytes/sec", 1000: "1 KB/s"},
		`{"unit":"bytes/sec"}`:                                           {1000: "1,000 bytes/sec", 1024: "1 KiB/s"},
		`{"unit":"decbits/sec"}`:                                         {1000: "1 Kb/s"},
		`{"unit":"bits/sec"}`:                                            {1024: "1 Kib/s"},
		`{"unit":"eur"}`:                                                 {1.23: "€1.23", 0.99: "€0.99"},
		`{"unit":"aud"}`:                                                 {1.23: "A$1.23", -1234567: "-A$1,230,000"},
		`{"unit":"gbp"}`:                                                 {1000: "£1,000"},
		`{"unit":"jpy"}`:                                                 {100000: "¥100,000"},
		`{"unit":"usd"}`:                                                 {-1.23: "-$1.23"},
		`{"unit":"chf","decimalPlaces":1}`:                               {-1.23: "-CHF\u00a01.2", inf: "CHF∞"},
		`{"unit":"celsius","decimalPlaces":0}`:                           {10.5: "11°C", 10.3: "10°C", 1234567: "1,234,567°C"},
		`{"unit":"celsius","decimalPlaces":2}`:                           {-5.678: "-5.68°C", 0.005: "0.01°C"},
		`{"unit":"fahrenheit"}`:                                          {25.55: "25.6°F", inf: "∞°F"},
		`{"unit":"fahrenheit","decimalPlaces":0,"shortValues":false}`:    {0: "0°F"},
		`{"unit":"nanoseconds"}`:                                         {0: "0s", 0.001: "0.001ns", 1: "1ns", 100: "100ns"},
		`{"unit":"microseconds"}`:                                        {0: "0s", 0.001: "1ns", 1: "1μs", 100: "100μs"},
		`{"unit":"milliseconds"}`:                                        {0.001: "1μs", 1: "1ms", 100: "100ms"},
		`{"unit":"seconds"}`:                                             {0.001: "1ms", 1: "1s", 100: "1.67m", -1.5: "-1,500,000,000ns", inf: "∞ years"},
		`{"unit":"seconds","decimalPlaces":2}`:                           {90: "1.50m", 31536000: "1.00 years"},
		`{"unit":"minutes"}`:                                             {0.001: "60ms", 1: "1m", 100: "1.67h"},
		`{"unit":"hours"}`:                                               {0.001: "3.6s", 1: "1h", 100: "4.17d"},
		`{"unit":"days"}`:                                                {0.001: "1.44m", 1: "1d", 100: "3.33 months"},
		`{"unit":"weeks"}`:                                               {0.001: "10.1m", 1: "1w", 100: "1.92 years"},
		`{"unit":"months"}`:                                              {0.001: "43.2m", 1: "1 month", 100: "8.22 years"},
		`{"unit":"years"}`:                                               {0.001: "8.76h", 1: "1 year", 100: "100 years"},
		`{"unit":"requests/sec","shortValues":"no","decimalPlaces":2.7}`: {1234: "1.23K requests/sec"},
	} {
		for value, want := range cases {
			t.Run(fmt.Sprintf("%v as %s", value, format), func(t *testing.T) {
				if got := read(t, format).Text(value); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
			})
		}
	}
	// A map has no key NaN, and one zero.
	for format, want := range map[string][2]string{
		`null`:                  {"NaN", "0"},
		`{}`:                    {"NaN", "-0"},
		`{"unit":"percent"}`:    {"NaN%", "-0%"},
		`{"unit":"bytes"}`:      {"NaN bytes", "-0 bytes"},
		`{"unit":"bytes/sec"}`:  {"NaN bytes/s", "-0 bytes/sec"},
		`{"unit":"nok"}`:        {"NOKNaN", "-NOK\u00a00"},
		`{"unit":"hours"}`:      {"NaNns", "0s"},
		`{"unit":"celsius"}`:    {"NaN°C", "-0°C"},
		`{"unit":"date-iso"}`:   {"Invalid Date", "1970-01-01"},
		`{"unit":"writes/sec"}`: {"NaN writes/sec", "-0 writes/sec"},
	} {
		if got := [2]string{read(t, format).Text(nan), read(t, format).Text(zero)}; got != want {
			t.Errorf("NaN and -0 as %s: got %q, want %q", format, got, want)
		}
	}
}

func TestDates(t *testing.T) {
	const s, ms = 1704112245, 1704112245000 // 2024-01-01 12:30:45 UTC
	tokyo, err := time.LoadLocation("Asia/Tokyo")
	if err != nil {
		t.Fatal(err)
	}
	now := time.Date(2024, 1, 1, 15, 0, 0, 0, time.UTC)
	at := float64(now.UnixMilli())
	for _, c := range []struct {
		unit  string
		value float64
		want  string
	}{
		{"datetime-iso", ms, "2024-01-01T12:30:45.000Z"},
		{"datetime-iso", s, "2024-01-01T12:30:45.000Z"},
		{"datetime-iso", ms + 123, "2024-01-01T12:30:45.123Z"},
		{"datetime-iso", 0, "1970-01-01T00:00:00.000Z"},
		{"datetime-iso", math.Inf(1), "Invalid Date"},
		{"datetime-us", ms, "01/01/2024, 07:30:45 AM"},
		{"datetime-us", 1720182645000, "07/05/2024, 08:30:45 AM"},
		{"datetime-us", 1679229045000, "03/19/2023, 08:30:45 AM"},
		{"datetime-local", ms, "01/01/2024, 21:30:45"},
		{"date-iso", 946684800, "2000-01-01"},
		{"date-iso", 946684800000, "2000-01-01"},
		{"date-iso", 253402300799, "9999-12-31"},
		{"date-iso", 253402300799000, "9999-12-31"},
		{"date-iso", -2208988800, "1900-01-01"},
		{"date-iso", -2208988800000, "1900-01-01"},
		{"date-iso", 1709209845000, "2024-02-29"},
		{"date-iso", 1000000, "1970-01-12"},
		{"date-us", 1720182645000, "07/05/2024"},
		{"date-local", 1704153600, "01/02/2024"}, // midnight in UTC, so the morning in Tokyo
		{"time-local", ms, "21:30:45"},
		{"time-iso", ms + 999, "12:30:45.999"},
		{"time-us", ms, "07:30:45 AM"},
		{"unix-timestamp", s, "1704112245"},
		{"unix-timestamp", 2147483647000, "2147483647"},
		{"unix-timestamp-ms", ms, "1704112245000"},
		{"unix-timestamp-ms", 999999999, "999999999000"},
		{"relative-time", at - 3600000, "1 hour ago"},
		{"relative-time", at + 3600000, "in 1 hour"},
		{"relative-time", at, "now"},
		{"relative-time", at - 2592000000, "last month"},
		{"relative-time", at + 31536000000, "next year"},
		{"relative-time", at - 86400000, "yesterday"},
		{"relative-time", at - 2*3600000, "2 hours ago"},
		{"relative-time", at + 60000, "in 1 minute"},
		{"relative-time", at - 5000, "5 seconds ago"},
		{"relative-time", 1e6, "54 years ago"},
	} {
		f := unit.Format{Unit: c.unit, Location: tokyo, Now: now}
		if got := f.Text(c.value); got != c.want {
			t.Errorf("%v as %s: got %q, want %q", c.value, c.unit, got, c.want)
		}
	}
	if got, want := (unit.Format{Unit: "relative-time"}).Text(s), "01/01/2024, 12:30:45"; got != want {
		t.Errorf("a relative time with nothing to relate to: got %q, want %q", got, want)
	}
}

func TestNames(t *testing.T) {
	names := unit.Names()
	if len(names) != 60 || names[0] != "aud" || names[len(names)-1] != "years" {
		t.Errorf("got %d units %q", len(names), names)
	}
	for _, name := range names {
		if (unit.Format{Unit: name}).Text(1) == "" {
			t.Errorf("%s writes nothing", name)
		}
	}
}

// FuzzFormat reads formats of any kind, and writes any number in them.
func FuzzFormat(f *testing.F) {
	f.Add(`{"unit":"bytes","decimalPlaces":2,"shortValues":true}`, 1e10)
	f.Add(`{"unit":"percent-decimal","decimalPlaces":1e99}`, math.NaN())
	f.Add(`[1]`, 0.5)
	for _, name := range unit.Names() {
		f.Add(`{"unit":"`+name+`"}`, 12345.678)
	}
	f.Fuzz(func(t *testing.T, document string, value float64) {
		var format unit.Format
		if json.Unmarshal([]byte(document), &format) != nil && json.Valid([]byte(document)) {
			t.Errorf("%s is not read", document)
		}
		if format.Text(value) == "" {
			t.Errorf("%v as %s is written as nothing", value, document)
		}
	})
}
