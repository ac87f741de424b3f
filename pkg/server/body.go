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
)

// bounded reads the body of a request before anything else sees it: at most maxMessage bytes (413 beyond them), and no
// longer than bodyTimeout (408). A large body takes memory from s.arrivals as it arrives, and from s.room while it is
// worked on (503 if there is none in time).
func (s *Server) bounded(limits *limits, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		owner := limits.ownerOf(r)
		r = r.WithContext(quota.NewContext(r.Context(), owner))
		control := http.NewResponseController(w)
		_ = control.SetReadDeadline(time.Now().Add(bodyTimeout))
		body := http.MaxBytesReader(w, r.Body, maxMessage)
		text, err := io.ReadAll(io.LimitReader(body, smallMessage+1))
		if err == nil && len(text) > smallMessage {
			work := s.room.ClaimFor(r.Context())
			defer work.Done()
			text, err = s.readLarge(r.Context(), control, body, text, owner, work)
		}
		if err != nil {
			// A sender that is still writing reads the answer only if the rest is read as well, as far as net/http does.
			_ = control.SetReadDeadline(time.Now().Add(time.Second))
			refuseBody(w, err)
			return
		}
		_ = control.SetReadDeadline(time.Time{}) // a call may take longer than its request
		r.Body = inMemory{bytes.NewReader(text), text}
		next.ServeHTTP(w, r)
	})
}

var (
	errManyValues = errors.New("the request has too many values")
	errCrowded    = errors.New("too many large requests at once: try again")
	errTooSlow    = errors.New("the request came too slowly while others waited: try again")
)

// refuseBody answers a request whose body was not read.
func refuseBody(w http.ResponseWriter, err error) {
	status, text := http.StatusBadRequest, "the request could not be read"
	switch {
	case errors.As(err, new(*http.MaxBytesError)):
		status, text = http.StatusRequestEntityTooLarge, "the request is larger than 4 MiB"
	case errors.Is(err, errManyValues):
		status, text = http.StatusRequestEntityTooLarge, err.Error()
	case errors.Is(err, errCrowded), errors.Is(err, errTooSlow):
		status, text = http.StatusServiceUnavailable, err.Error()
		w.Header().Set("Retry-After", "1")
	case errors.Is(err, os.ErrDeadlineExceeded):
		status, text = http.StatusRequestTimeout, "the request did not arrive within "+bodyTimeout.String()
	}
	http.Error(w, text, status)
}

// chunkSize is how many bytes of a large body are read, and taken from the quota, at a time.
const chunkSize = 64 << 10

var chunks = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// readLarge reads the rest of a large body, of which start has been read, and takes the memory to work on it.
func (s *Server) readLarge(ctx context.Context, control *http.ResponseController, body io.Reader, start []byte, owner quota.Owner, work *quota.Claim) ([]byte, error) {
	deadline := time.Now().Add(bodyTimeout)
	_ = control.SetReadDeadline(deadline)
	arrival := s.arrivals.Claim(owner, func() { _ = control.SetReadDeadline(time.Now()) })
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
			return nil, errCrowded
		}
		if waited := time.Since(began); waited > time.Millisecond { // the sender had to wait as well
			deadline = deadline.Add(waited)
			_ = control.SetReadDeadline(deadline)
		}
		chunk := chunks.Get().(*[chunkSize]byte)
		read = append(read, chunk)
		n, err := fill(chunk[:], body)
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
		return nil, errManyValues
	}
	if work.Take(wait, weight(size, values)) != nil {
		return nil, errCrowded
	}
	whole := append(make([]byte, 0, size), start...)
	for _, chunk := range read {
		whole = append(whole, chunk[:min(size-len(whole), chunkSize)]...)
	}
	return whole, nil
}

// fill reads until the buffer is full. Unlike io.ReadFull it tells the end of a body, which is io.EOF, from one that broke
// off.
func fill(buffer []byte, body io.Reader) (n int, err error) {
	for n < len(buffer) && err == nil {
		var more int
		more, err = body.Read(buffer[n:])
		n += more
	}
	return n, err
}
