package main

import "fmt"

// maxMemory bounds the memory of our server after a thousand calls, and its peak for the largest list.
const maxMemory = 60_000_000

// broken describes the broken bounds.
func broken(results []result, z sizes, figures []figure) []string {
	var all []string
	check := func(what string, got, max float64) {
		if max != 0 && got > max {
			all = append(all, fmt.Sprintf("%s: %.2f, more than %.2f", what, got, max))
		}
	}
	for _, r := range results {
		name := fmt.Sprintf("%s, %s, %d callers", r.what, r.transport, r.callers)
		check(name+": bytes", float64(r.answered), float64(r.bounds.bytes))
		switch r.callers {
		case 1:
			check(name+": p50, ours/forwarder", ratio(r.ours.p50, r.forwarder.p50), r.bounds.overForwarder)
			check(name+": p50, ours/direct", ratio(r.ours.p50, r.direct.p50), r.bounds.overDirect)
		case many:
			check(name+": p99, ours/forwarder", ratio(r.ours.p99, r.forwarder.p99), r.bounds.tail)
			if got := ratio(r.ours.rate, r.forwarder.rate); got < r.bounds.rate {
				all = append(all, fmt.Sprintf("%s: calls/s, ours/forwarder: %.2f, less than %.2f", name, got, r.bounds.rate))
			}
		}
	}
	check("memory after calls, in MB", float64(z.ours.worked.now)/1e6, maxMemory/1e6)
	check("peak of memory of the largest list, in MB", float64(z.listed.peak)/1e6, maxMemory/1e6)
	// A few more connections than callers are opened when all begin at once.
	check("connections to Perses", float64(z.ours.connections), 2*many)
	for _, f := range figures {
		if f.got > f.max {
			all = append(all, fmt.Sprintf("%s: %s, more than %s", f.what, f.unit(f.got), f.unit(f.max)))
		}
	}
	return all
}

func ratio[T ~int64 | ~float64](a, b T) float64 { return float64(a) / float64(b) }
