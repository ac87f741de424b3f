package server

import (
	"bytes"
	"net/http"
	"net/netip"
	"strconv"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
)

const (
	// smallMessage is the size up to which a message is worked on without regard to others, in bytes.
	smallMessage = 16 << 10
	// maxValues is the maximum number of values in a message, counted by the bytes that separate values. JSON of nothing but
	// empty objects takes twenty times its length in memory, and decoding it takes as much time as decoding far longer texts.
	// "Node Exporter Full", one of the largest public dashboards of Grafana, has 14,000.
	maxValues = 100_000
	// valueSize is for how many bytes of a message a value counts. A message of the most values counts as much as the longest.
	valueSize = maxMessage / maxValues

	// sharedArrivals is how many bytes of large messages are held that have not arrived completely, beside one message that
	// can always be completed. They take no more memory than they are long.
	sharedArrivals = 8 << 20
	// arrivalGrace is how long a message may take for its next 64 KiB while others need the memory that it holds.
	arrivalGrace = time.Second
	// reserveGrace is the same for the message that can always be completed: the others wait for this one.
	reserveGrace = 500 * time.Millisecond
	// reserveTime is how long that message may take in all.
	reserveTime = 10 * time.Second
	// sharedWork is how many bytes of large messages are worked on at the same time, beside the largest of them. While it is
	// worked on, a message takes many times its length in memory.
	sharedWork = 1 << 20
	// workGrace is after how long the call of a large message ends early if messages of other callers wait. It is far longer
	// than a call computes: such a call waits for Perses or for a datasource.
	workGrace = 5 * time.Second
)

// newArrivals returns the memory of the messages that are being read.
func newArrivals() *quota.Pool {
	return quota.New(quota.Options{Shared: sharedArrivals, Grace: arrivalGrace, ReserveGrace: reserveGrace, ReserveTime: reserveTime})
}

// newRoom returns the memory of the messages that are worked on.
func newRoom() *quota.Pool {
	return quota.New(quota.Options{Shared: sharedWork, Grace: workGrace, ReserveGrace: workGrace, OthersOnly: true})
}

// weight returns what a message counts for while it is worked on: its length, or more if it has many values. It is zero for
// a small message.
func weight(size, values int) int64 {
	if size <= smallMessage {
		return 0
	}
	return int64(min(max(size, values*valueSize), maxMessage))
}

// countValues returns about how many values a part of a message has. It counts in strings too: a document may come as a
// string of JSON.
func countValues(part []byte) int {
	count := 0
	for _, separator := range []byte(",{[") {
		count += bytes.Count(part, []byte{separator})
	}
	return count
}

// ownerOf returns who sent a request. The callers of one address share it behind a proxy, and somebody can send any
// credentials, so that both count.
func (l *limits) ownerOf(r *http.Request) quota.Owner {
	return quota.Owner{Address: network(r.RemoteAddr), Caller: strconv.FormatUint(l.caller(r), 16)}
}

// network returns the part of an address that one sender has: of IPv6, the first 64 bits.
func network(remote string) string {
	host := hostOf(remote)
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	prefix, _ := ip.WithZone("").Prefix(64)
	return prefix.String()
}
