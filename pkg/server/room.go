package server

import (
	"bytes"
	"context"

	"golang.org/x/sync/semaphore"
)

const (
	// smallMessage is the size up to which a message is worked on without regard to others, in bytes.
	smallMessage = 16 << 10
	// maxValues is how many values a message may have, counted by what stands between them. Of JSON that is
	// nothing but empty objects each byte takes twenty in memory; of a dashboard one in ten separates values.
	maxValues = 1 << 18
)

// room is what the messages that are not small share: together they may be as long as the longest one, or the
// memory that they take while they are worked on would add up.
type room struct{ *semaphore.Weighted }

func newRoom() room { return room{semaphore.NewWeighted(maxMessage)} }

// enter waits until there is room for a message of that size, at the most until ctx ends. leave gives it back.
func (r room) enter(ctx context.Context, size int64) (leave func(), err error) {
	if size <= smallMessage {
		return func() {}, nil
	}
	size = min(size, maxMessage)
	if err := r.Acquire(ctx, size); err != nil {
		return nil, err
	}
	return func() { r.Release(size) }, nil
}

// tooManyValues tells a message that would take far more memory than it is long. It counts in strings too:
// a document may come as a string of JSON.
func tooManyValues(message []byte) bool {
	count := 0
	for _, separator := range []byte(",{[") {
		count += bytes.Count(message, []byte{separator})
	}
	return count > maxValues
}
