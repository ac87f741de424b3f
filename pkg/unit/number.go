package unit

// How numbers are written follows Intl.NumberFormat for en-US, of which the UI makes use.

import (
	"math"
	"strconv"
	"strings"
)

// rounding says how many digits a number keeps.
type rounding struct {
	least, most int // decimal places
	significant int // digits in all; 0 for no such bound, otherwise the places do not count
}

// significant is how many digits the UI keeps of a number with no decimal places set
// (shared/components/src/model/constants.ts).
const significant = 3

// rounding returns that of a number which is written in the format and is not to be written whole.
func (f Format) rounding() rounding {
	if f.DecimalPlaces != nil {
		places := max(0, min(*f.DecimalPlaces, maxPlaces))
		return rounding{least: places, most: places}
	}
	return rounding{significant: significant}
}

// three writes a number with the decimal places of the format or, if it sets none, with three significant digits.
func (f Format) three(v float64) string { return f.rounding().text(digitsOf(v)) }

// whole is three, but for a format that wants its values not shortened: then three decimal places are written.
func (f Format) whole(v float64) string {
	if f.DecimalPlaces == nil && !f.short() {
		return rounding{most: 3}.text(digitsOf(v))
	}
	return f.three(v)
}

// number writes a number as 1.23K or, if the format wants its values not shortened, with all digits before the point.
func (f Format) number(v float64) string {
	if f.short() {
		return f.rounding().compact(digitsOf(v))
	}
	return f.whole(v)
}

// compact writes a number with a letter for its thousands. Rounding may take it to the next letter.
func (r rounding) compact(d digits) string {
	letters := []string{"", "K", "M", "B", "T"}
	for i, letter := range letters {
		rounded := r.round(d.times(-3 * i))
		if rounded.point <= 3 || i == len(letters)-1 || d.special != "" {
			return r.text(rounded) + letter
		}
	}
	return ""
}

// digits are those of a number, the fewest that tell it from other numbers.
type digits struct {
	negative    bool
	significand string // without zeros at either end; empty for zero
	point       int    // how many of the digits stand before the decimal point; below zero, how many zeros follow it
	special     string // what stands for a number without digits
}

func digitsOf(v float64) digits {
	d := digits{negative: math.Signbit(v)}
	switch {
	case math.IsNaN(v):
		return digits{special: "NaN"}
	case math.IsInf(v, 0):
		d.special = "∞"
	case v != 0:
		mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(v), 'e', -1, 64), "e")
		power, _ := strconv.Atoi(exponent)
		d.significand, d.point = strings.TrimRight(strings.Replace(mantissa, ".", "", 1), "0"), power+1
	}
	return d
}

// times multiplies by a power of ten.
func (d digits) times(power int) digits {
	d.point += power
	return d
}

// round keeps as many digits as the rounding says; halves go away from zero.
func (r rounding) round(d digits) digits {
	keep := r.significant
	if keep == 0 {
		keep = d.point + r.most
	}
	if keep >= len(d.significand) || d.special != "" {
		return d
	}
	if keep < 0 || d.significand[keep] < '5' {
		d.significand = strings.TrimRight(d.significand[:max(keep, 0)], "0")
		return d
	}
	kept := []byte("0" + d.significand[:keep])
	for i := len(kept) - 1; ; i-- {
		if kept[i] < '9' {
			kept[i]++
			break
		}
		kept[i] = '0'
	}
	d.significand = strings.TrimRight(string(kept), "0")
	if d.significand[0] == '0' {
		d.significand = d.significand[1:]
	} else {
		d.point++
	}
	return d
}

// text rounds a number and writes it with a comma for each thousand.
func (r rounding) text(d digits) string {
	sign := ""
	if d.negative {
		sign = "-"
	}
	if d.special != "" {
		return sign + d.special
	}
	d = r.round(d)
	whole, fraction := "0", ""
	switch {
	case d.significand == "":
	case d.point <= 0:
		fraction = strings.Repeat("0", -d.point) + d.significand
	case d.point >= len(d.significand):
		whole = d.significand + strings.Repeat("0", d.point-len(d.significand))
	default:
		whole, fraction = d.significand[:d.point], d.significand[d.point:]
	}
	fraction += strings.Repeat("0", max(0, r.least-len(fraction)))
	if fraction != "" {
		fraction = "." + fraction
	}
	return sign + grouped(whole) + fraction
}

// grouped puts a comma before each three digits from the end.
func grouped(whole string) string {
	var b strings.Builder
	for i, digit := range []byte(whole) {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteByte(digit)
	}
	return b.String()
}
