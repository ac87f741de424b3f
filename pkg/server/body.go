package server

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

// readBody reads the body of a request: at most maxMessage bytes (413 if it has more), within bodyTimeout (408). A large body takes
// memory from bodyQuota while it arrives and from workQuota during the call (503 if there is none in time).
func (s *Server) readBody(limits *callLimits, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		owner := limits.ownerOf(r)
		r = r.WithContext(quota.NewContext(r.Context(), owner))
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
		body := http.MaxBytesReader(w, r.Body, maxMessage)
		message, err := io.ReadAll(io.LimitReader(body, maxSmallMessage+1))
		if err == nil && len(message) > maxSmallMessage {
			work := s.workQuota.ClaimFor(r.Context())
			defer work.Done()
			message, err = s.readLarge(r.Context(), control, body, message, owner, work)
		}
		if err != nil {
			// net/http reads some of the rest, so that a sender who is still writing gets to read the answer.
			_ = control.SetReadDeadline(time.Now().Add(time.Second))
			writeBodyError(w, err)
			return
		}
		_ = control.SetReadDeadline(time.Time{}) // the call may take longer
		if mcpgo.IsCancellation(message) {
			w.WriteHeader(http.StatusAccepted)
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(message))
		next.ServeHTTP(w, r)
	})
}

var (
	errTooManyValues = errors.New("the request has too many values")
	errOverloaded    = errors.New("too many large requests at once: try again")
	errTooSlow       = errors.New("the request arrived too slowly while others waited: try again")
)

func writeBodyError(w http.ResponseWriter, err error) {
	status, text := http.StatusBadRequest, "the request could not be read"
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		status, text = http.StatusRequestEntityTooLarge, "the request is larger than 4 MiB"
	case errors.Is(err, errTooManyValues):
		status, text = http.StatusRequestEntityTooLarge, err.Error()
	case errors.Is(err, errOverloaded), errors.Is(err, errTooSlow):
		status, text = http.StatusServiceUnavailable, err.Error()
		w.Header().Set("Retry-After", "1")
	case errors.Is(err, os.ErrDeadlineExceeded):
		status, text = http.StatusRequestTimeout, "the request did not arrive within "+bodyTimeout.String()
	}
	http.Error(w, text, status)
}

// chunkSize is the number of bytes of a large body that are read and taken from the quota at a time.
const chunkSize = 64 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// readLarge returns a large body, given its start, which has been read already. It takes the memory for processing the body from
// work.
func (s *Server) readLarge(ctx context.Context, control *http.ResponseController, body io.Reader, start []byte, owner quota.Owner, work *quota.Claim) ([]byte, error) {
	deadline := time.Now().Add(bodyTimeout)
	_ = control.SetReadDeadline(deadline)
	arrival := s.bodyQuota.Claim(owner, func() { _ = control.SetReadDeadline(time.Now()) })
	defer arrival.Done()
	wait, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	var read []*[chunkSize]byte
	defer func() {
		for _, chunk := range read {
			chunks.Put(chunk)
		}
	}()
	size, values := len(start), countValues(start)
	for last := false; !last; {
		began := time.Now()
		if arrival.Take(wait, chunkSize) != nil {
			return nil, errOverloaded
		}
		if waited := time.Since(began); waited > time.Millisecond { // the sender had to wait as well
			deadline = deadline.Add(waited)
			_ = control.SetReadDeadline(deadline)
		}
		chunk := chunks.Get().(*[chunkSize]byte)
		read = append(read, chunk)
		n, err := readFull(body, chunk[:])
		if last = errors.Is(err, io.EOF); err != nil && !last {
			if arrival.Revoked() {
				return nil, errTooSlow
			}
			return nil, err
		}
		size += n
		values += countValues(chunk[:n])
	}
	arrival.Hold()
	if values > maxValues {
		return nil, errTooManyValues
	}
	if work.Take(wait, workSize(size, values)) != nil {
		return nil, errOverloaded
	}
	whole := append(make([]byte, 0, size), start...)
	for _, chunk := range read {
		whole = append(whole, chunk[:min(size-len(whole), chunkSize)]...)
	}
	return whole, nil
}

// readFull reads until the buffer is full. Unlike io.ReadFull, it returns the reader's own error: io.EOF at the end of a body,
// io.ErrUnexpectedEOF if the connection was cut.
func readFull(body io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = body.Read(buffer[n:])
		n += more
	}
	return n, err
}
