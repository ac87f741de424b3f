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
	// maxSmallMessage is the maximum size of a message that takes nothing from the quotas, in bytes.
	maxSmallMessage = 16 << 10
	// maxValues is the maximum number of values in a message. Empty JSON objects take twenty times their length in memory, and as
	// much time to decode as a far longer text. The Grafana dashboard "Node Exporter Full", one of the largest public ones, has
	// 14,000 values.
	maxValues = 100_000
	// valueSize is the number of bytes that a value counts for. A message with maxValues counts as much as one of maxMessage bytes.
	valueSize = maxMessage / maxValues
)

// newBodyQuota returns the memory for large messages that are arriving. They take as much memory as they are long.
func newBodyQuota() *quota.Pool {
	return quota.New(quota.Options{
		Shared:       8 << 20,
		Grace:        time.Second, // for the next chunk
		ReserveGrace: 500 * time.Millisecond,
		ReserveTime:  10 * time.Second,
	})
}

// newWorkQuota returns the memory for large messages whose calls are in progress. Decoded, they take many times their length.
func newWorkQuota() *quota.Pool {
	// A call that takes longer is not computing: it waits for Perses or a datasource.
	const grace = 5 * time.Second
	return quota.New(quota.Options{Shared: 1 << 20, Grace: grace, ReserveGrace: grace, OthersOnly: true})
}

// newAnswerQuota returns the memory for large answers that callers have not read yet.
func newAnswerQuota() *quota.Pool {
	return quota.New(quota.Options{Shared: 8 << 20, Grace: time.Second, ReserveGrace: time.Second})
}

// workSize returns what a message takes from the work quota: 0 for a small one, else its length, or more if it has many values.
func workSize(size, values int) int64 {
	if size <= maxSmallMessage {
		return 0
	}
	return int64(min(max(size, values*valueSize), maxMessage))
}

// countValues returns the approximate number of JSON values in a part of a message, including values inside strings: a document
// may be passed as a string of JSON.
func countValues(part []byte) int {
	count := 0
	for _, separator := range []byte(",{[") {
		count += bytes.Count(part, []byte{separator})
	}
	return count
}

// ownerOf returns the sender of a request. It includes the address, because anybody can make up credentials, and the caller, because
// callers behind a proxy share an address.
func (l *callLimits) ownerOf(r *http.Request) quota.Owner {
	return quota.Owner{Address: networkOf(r.RemoteAddr), Caller: strconv.FormatUint(l.callerOf(r), 16)}
}

// networkOf returns the part of an address that identifies one sender: for IPv6, the first 64 bits.
func networkOf(address string) string {
	host := hostOf(address)
	ip, err := netip.ParseAddr(host)
	if err != nil || ip.Unmap().Is4() {
		return host
	}
	prefix, _ := ip.WithZone("").Prefix(64)
	return prefix.String()
}
