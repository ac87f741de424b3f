package unit

import (
	"math"
	"strings"
)

// data writes an amount of bytes or bits, in multiples of 1000 or 1024. The UI takes short ones from the library
// numbro (shared/components/src/model/{bytes,bits}.ts), which has rules of its own: two decimal places, nothing for
// the thousands, and halves rounded up. For NaN and the infinities numbro's B and YB make no sense; these are
// written as small amounts are.
func (f Format) data(v, base float64, symbol string) string {
	finite := !math.IsNaN(v) && !math.IsInf(v, 0)
	if f.short() && finite && math.Abs(v) >= base {
		return f.shortData(v, base, symbol)
	}
	amount := f.whole(v)
	if symbol == "bytes" && (amount == "1" || amount == "-1") {
		return amount + " byte"
	}
	return amount + " " + symbol
}

func (f Format) shortData(v, base float64, symbol string) string {
	prefixes := "KMGTPEZY"
	power := 1
	for power < len(prefixes) && math.Abs(v) >= math.Pow(base, float64(power+1)) {
		power++
	}
	r := rounding{most: 2}
	if f.DecimalPlaces != nil {
		r = f.rounding()
	}
	d := digitsOf(v / math.Pow(base, float64(power)))
	if keep := d.point + r.most; d.negative && keep >= 0 && keep == len(d.significand)-1 && d.significand[keep] == '5' {
		d.significand = d.significand[:keep] // half way and below zero, so up is towards it
	}
	letter := "B"
	if symbol == "bits" {
		letter = "b"
	}
	if base == 1024 {
		letter = "i" + letter
	}
	return strings.ReplaceAll(r.text(d), ",", "") + " " + prefixes[power-1:power] + letter
}

// per is the end of a throughput of bytes or bits: short beside a short amount (shared/components/src/model/throughput.ts).
func per(v, base float64) string {
	if math.Abs(v) < base {
		return "/sec"
	}
	return "/s"
}
