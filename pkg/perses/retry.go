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
	// restartTime is how long a restart of Perses may take for what is read to be had all the same.
	restartTime = 5 * time.Second
	// outageTime is how long a Perses that is gone is waited for, by all calls together. After that it is down, and calls say
	// so at once.
	outageTime = 6 * time.Second
	// outageKept is after how long without a failure the next one is that of another outage.
	outageKept = 30 * time.Second
	// answerTime is what is left of a call's time for the answer to the last attempt.
	answerTime = 500 * time.Millisecond
	// soon is after how long an answer that broke off is asked for again.
	soon = 200 * time.Millisecond
	// maxSent is how often a request is sent in one outage. One that was refused a connection was not.
	maxSent = 3
	// maxOutages is how many outages a call lets pass. When Perses has come back for others in between, a further one may be
	// the fault of the request itself.
	maxOutages = 2
)

// outage is when Perses is gone. The calls share it: the first one to miss Perses waits for the whole of a restart, those
// that come later only for what is left of it.
type outage struct {
	mu          sync.Mutex
	since, last time.Time // the first and the latest failure; zero while Perses answers
}

// failed notes a failure and returns when the outage began.
func (o *outage) failed(now time.Time) time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() || now.Sub(o.last) > outageKept {
		o.since = now
	}
	o.last = now
	return o.since
}

// lasts returns for how long Perses has been gone, as far as was seen; 0 if it is not, or nobody has looked for long.
func (o *outage) lasts(now time.Time) time.Duration {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.since.IsZero() || now.Sub(o.last) > outageKept {
		return 0
	}
	return o.last.Sub(o.since)
}

// heard notes the outcome of a request: that Perses is there again, if it has answered. What writes, and what looks whether
// Perses is there, tells it, too, so that the next restart is one of its own and is waited for.
func (o *outage) heard(err error) {
	if err != nil && (mayPass(err) || !errors.As(err, new(*problem.Error))) {
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.since = time.Time{}
}

// again reads, and reads again while Perses may be about to come back. What it is given must store nothing: who sees a
// request fail cannot tell whether it was carried out.
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
		err = w.err // which says more than that the time was over before the next attempt was
	}
	return result, err
}

// mayPass tells the failures of a Perses that is being restarted, or of the network before it, from those that would only
// be repeated.
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

// ofGateway tells the statuses with which what stands before a Perses answers in its place.
func ofGateway(status int) bool {
	return status == http.StatusBadGateway || status == http.StatusServiceUnavailable || status == http.StatusGatewayTimeout
}

// notSent tells the failures to get a connection: it is refused, mostly. Who has waited for one in vain has waited long
// enough.
func notSent(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) && network.Op == "dial" && !isTimeout(err)
}

func isTimeout(err error) bool {
	var network net.Error
	return errors.As(err, &network) && network.Timeout()
}

// waits are the times between the attempts of one reading.
type waits struct {
	ctx     context.Context
	outage  *outage
	refused *backoff.ExponentialBackOff
	began   time.Time // the outage that the call is in
	outages int       // those that it has been in
	sent    int       // how often the request was sent in this one
	err     error     // of the last attempt that failed in a way that may pass
}

// NextBackOff returns how long to wait for the next attempt. Connections are tried for as long as an outage is waited for,
// which costs Perses nothing. A request is sent again soon, and once more when a restart is over: what stands before Perses
// may answer in its place until then.
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

// Reset is for backoff.
func (w *waits) Reset() {}
