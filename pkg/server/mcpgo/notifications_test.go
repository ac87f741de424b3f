package mcpgo

import (
	"context"
	"testing"
	"testing/synctest"
)

// When a host gives two calls the same token over stdio and one of them ends, the other must not wait forever.
func TestForgetEndsAllWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var tr tracker
		tr.expect("token")
		waited := make(chan struct{})
		go func() {
			tr.wait(t.Context(), "token")
			close(waited)
		}()
		synctest.Wait()
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		tr.wait(cancelled, "token")
		synctest.Wait()
		select {
		case <-waited:
		default:
			t.Error("the other call still waits")
		}
	})
}
