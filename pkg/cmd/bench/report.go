package main

import (
	"fmt"
	"io"
	"strconv"
	"time"
)

// report prints the results and sizes as two Markdown tables.
func report(out io.Writer, results []result, z sizes, p plan) {
	fmt.Fprintln(out, "| what | callers | direct GET | forwarder | ours | ours/forwarder | ours/direct | bytes (direct) |")
	fmt.Fprintln(out, "|---|---:|---:|---:|---:|---:|---:|---:|")
	for _, r := range results {
		what := fmt.Sprintf("%s, %s", r.what, r.transport)
		bytes := fmt.Sprintf("%s (%s)", thousands(r.answered), thousands(r.sent))
		row(out, what+", p50", r.callers, milliseconds, float64(r.direct.p50), float64(r.forwarder.p50), float64(r.ours.p50), bytes)
		row(out, what+", p99", r.callers, milliseconds, float64(r.direct.p99), float64(r.forwarder.p99), float64(r.ours.p99), "")
		if r.callers > 1 {
			row(out, what+", calls/s", r.callers, perSecond, r.direct.rate, r.forwarder.rate, r.ours.rate, "")
		}
	}
	fmt.Fprintf(out, "\n| what | forwarder | ours |\n|---|---:|---:|\n")
	for _, line := range [][3]string{
		{"bytes of tools/list", "", thousands(z.toolsList)},
		{"start to tools/list, stdio", milliseconds(float64(z.forwarder.start)), milliseconds(float64(z.ours.start))},
		{"memory when idle", megabytes(z.forwarder.idle.now), megabytes(z.ours.idle.now)},
		{fmt.Sprintf("memory after %s calls (get of 32 KB)", thousands(p.calls)), megabytes(z.forwarder.worked.now), megabytes(z.ours.worked.now)},
		{fmt.Sprintf("peak of memory, list of %s", thousands(p.largest)), "", megabytes(z.listed.peak)},
		{fmt.Sprintf("connections to Perses, %s calls of %d callers", thousands(max(p.calls/many, 1)*many), many), strconv.Itoa(z.forwarder.connections), strconv.Itoa(z.ours.connections)},
	} {
		fmt.Fprintf(out, "| %s | %s | %s |\n", line[0], line[1], line[2])
	}
}

// figure is a value measured for a tool, and its bound.
type figure struct {
	what     string
	baseline string // what it is compared with; "" for nothing
	unit     func(float64) string
	got, max float64
}

// reportFigures prints the figures as a Markdown table.
func reportFigures(out io.Writer, figures []figure) {
	fmt.Fprintf(out, "\n| what | baseline | ours | maximum |\n|---|---:|---:|---:|\n")
	for _, f := range figures {
		fmt.Fprintf(out, "| %s | %s | %s | %s |\n", f.what, f.baseline, f.unit(f.got), f.unit(f.max))
	}
}

func row(out io.Writer, what string, callers int, unit func(float64) string, direct, forwarder, ours float64, bytes string) {
	fmt.Fprintf(out, "| %s | %d | %s | %s | %s | %.2f | %.2f | %s |\n",
		what, callers, unit(direct), unit(forwarder), unit(ours), ours/forwarder, ours/direct, bytes)
}

func milliseconds(nanoseconds float64) string {
	return fmt.Sprintf("%.2f ms", nanoseconds/float64(time.Millisecond))
}

func perSecond(rate float64) string { return fmt.Sprintf("%.0f/s", rate) }

func megabytes(bytes int) string { return fmt.Sprintf("%.1f MB", float64(bytes)/1e6) }

func megabytesOf(bytes float64) string { return megabytes(int(bytes)) }

func times(ratio float64) string { return fmt.Sprintf("%.2f times", ratio) }

func count(n float64) string { return thousands(int(n)) }

// thousands formats a number with a comma before every three digits.
func thousands(n int) string {
	digits := strconv.Itoa(n)
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
