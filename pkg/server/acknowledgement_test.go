package server_test

import (
	"strings"
	"sync"
	"testing"
)

// A subscription is acknowledged before it ends. Many concurrent subscriptions make a wrong order likely.
func TestSubscriptionsAreAcknowledgedFirst(t *testing.T) {
	const hosts, each = 32, 50
	w := serveHTTP(t, newServer(t, never, nil))
	var all sync.WaitGroup
	for range hosts {
		all.Go(func() {
			for range each {
				got := w.post(t, listen)
				acknowledged := strings.Index(got.body, "notifications/subscriptions/acknowledged")
				if ended := strings.Index(got.body, `"result"`); acknowledged < 0 || ended < acknowledged {
					t.Errorf("got %d %s", got.status, got.body)
					return
				}
			}
		})
	}
	all.Wait()
}

func TestSubscriptionsAreAcknowledgedFirstOverStdio(t *testing.T) {
	const listeners = 500
	p := serveStdio(t, newServer(t, never, nil))
	for range listeners {
		p.write(t, listen.body+"\n")
		acknowledged, ended := p.next(t), p.next(t)
		if !strings.Contains(acknowledged, "notifications/subscriptions/acknowledged") || !strings.Contains(ended, `"result"`) {
			t.Fatalf("got %s, then %s", acknowledged, ended)
		}
	}
}
