package server

import (
	"context"
	"testing"
	"testing/synctest"
)

// A host that gives two calls the same token over stdio has one of them end; the other must not wait for what nobody tells any more.
func TestNobodyWaitsForWhatIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var w wire
		w.expect("token")
		waited := make(chan struct{})
		go func() {
			w.await(t.Context(), "token")
			close(waited)
		}()
		synctest.Wait()
		over, end := context.WithCancel(t.Context())
		end()
		w.await(over, "token")
		synctest.Wait()
		select {
		case <-waited:
		default:
			t.Error("the other call still waits")
		}
	})
}
