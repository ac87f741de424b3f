package perses

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"sync"
	"time"

	"github.com/cenkalti/backoff/v5"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

const (
	// restartTime is the longest restart of Perses that reads survive.
	restartTime = 5 * time.Second
	// outageTime is how long all calls together wait for an unreachable Perses. After that, calls fail at once.
	outageTime = 6 * time.Second
	// outageKept is the time after the last failure when the next failure begins another outage.
	outageKept = 30 * time.Second
	// answerTime is the time reserved for the response to the last attempt.
	answerTime = 500 * time.Millisecond
	// soon is the wait before a request is repeated after its connection was lost.
	soon = 200 * time.Millisecond
	// maxSent is the maximum number of times that a request is sent in one outage. Refused connections do not count.
	maxSent = 3
	// maxOutages is the maximum number of outages that a call waits for. If Perses recovers for other calls in between, the request
	// itself may cause the outages.
	maxOutages = 2
)

// outage is a time in which Perses is unreachable. Calls share it: the first one waits for a whole restart, later ones only for the
// rest of it.
type outage struct {
	mu          sync.Mutex
	since, last time.Time // the first and the latest failure; zero while Perses answers
}

// failed records a failure and returns when the outage began.
func (o *outage) failed(now time.Time) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() || now.Sub(o.last) > outageKept {
		o.since = now
	}
	o.last = now
	return o.since
}

// lasts returns how long Perses has been unreachable, or 0 if it is reachable or there was no recent request.
func (o *outage) lasts(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() || now.Sub(o.last) > outageKept {
		return 0
	}
	return o.last.Sub(o.since)
}

// heard records the outcome of a request. A response ends the outage, so that the next restart is waited for in full. Writes and health
// checks report their outcome as well.
func (o *outage) heard(err error) {
	if err != nil && (mayPass(err) || !errors.As(err, new(*problem.Error))) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since = time.Time{}
}

// again calls read and retries it while Perses may be restarting. read must not write, because a failed request may have been
// carried out.
func again[T any](ctx context.Context, s *Server, read func() (T, error)) (T, error) {
	w := waits{ctx: ctx, outage: &s.outage, refused: backoff.NewExponentialBackOff()}
	w.refused.InitialInterval, w.refused.Multiplier, w.refused.MaxInterval = soon/2, 2, 5*soon
	result, err := backoff.Retry(ctx, func() (T, error) {
		result, err := read()
		if mayPass(err) {
			w.err = err
			return result, err
		}
		s.outage.heard(err)
		return result, backoff.Permanent(err)
	}, backoff.WithBackOff(&w), backoff.WithMaxElapsedTime(0), backoff.WithNotify(func(err error, wait time.Duration) {
		if s.OnRetry != nil {
			s.OnRetry(ctx, problem.Cause(err), wait)
		}
	}))
	if w.err != nil && errors.Is(err, context.DeadlineExceeded) {
		err = w.err // more helpful than the deadline
	}
	return result, err
}

// mayPass reports whether an error may be temporary, because Perses is restarting or the network fails.
func mayPass(err error) bool {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) || errors.As(err, new(tls.AlertError)) || errors.As(err, new(*net.DNSError)) {
		return false
	}
	var status *problem.Error
	if errors.As(err, &status) {
		return ofGateway(status.Status)
	}
	var none *NoAnswer
	if errors.As(err, &none) {
		return ofGateway(none.status)
	}
	return notSent(err) || brokenOff(err) && !isTimeout(err)
}

// ofGateway reports whether a status comes from a proxy in front of Perses.
func ofGateway(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// notSent reports whether a connection failed, other than by a timeout. A call that timed out has waited long enough.
func notSent(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial" && !isTimeout(err)
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// waits computes the waits between the attempts of one request.
type waits struct {
	ctx     context.Context
	outage  *outage
	refused *backoff.ExponentialBackOff
	began   time.Time // the outage that the call is in
	outages int       // the number of outages so far
	sent    int       // how often the request was sent in this one
	err     error     // of the last attempt that failed in a way that may pass
}

// NextBackOff returns the wait before the next attempt. Refused connections are retried until the end of the outage, which costs
// Perses nothing. A request that was sent is repeated soon, and once more after the time of a restart, because a proxy may answer
// instead of Perses until then.
func (w *waits) NextBackOff() time.Duration {
	now := time.Now()
	began := w.outage.failed(now)
	if !began.Equal(w.began) {
		w.began, w.sent = began, 0
		w.refused.Reset()
		if w.outages++; w.outages > maxOutages {
			return backoff.Stop
		}
	}
	end := began.Add(outageTime)
	if deadline, ok := w.ctx.Deadline(); ok && deadline.Add(-answerTime).Before(end) {
		end = deadline.Add(-answerTime)
	}
	if !now.Before(end) {
		return backoff.Stop
	}
	wait := soon + rand.N(soon/2)
	if notSent(w.err) {
		wait = w.refused.NextBackOff()
	} else if w.sent++; w.sent == maxSent {
		return backoff.Stop
	} else if w.sent > 1 && !errors.Is(w.err, io.ErrUnexpectedEOF) { // where an answer began, Perses is there
		wait = max(wait, began.Add(restartTime+rand.N(outageTime-restartTime)).Sub(now))
	}
	return min(wait, end.Sub(now))
}

// Reset implements backoff.BackOff.
func (w *waits) Reset() {}
