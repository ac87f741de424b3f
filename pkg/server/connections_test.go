package server_test

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/tools"
)

// Beyond the limit, connections that send little or nothing are closed. Those with calls are not.
func TestConnectionsAreLimited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := newSlow()
		dial := overPipes(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}, maxCalls(10, 10)))
		call := dial()
		post(t, call, eras[0].call("1", "slow", "{}"))
		<-slow.begun
		var silent []net.Conn
		for range 2000 {
			c := dial()
			silent = append(silent, c)
			go func() { _, _ = io.WriteString(c, "POST /mcp HTTP/1.1\r\nHost: 127.0.0.1\r\nX: x") }()
			synctest.Wait()
			time.Sleep(time.Millisecond)
		}
		c := dial()
		post(t, c, large(100_000))
		if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusOK {
			t.Errorf("got %d %s", got.status, got.body)
		}
		close(slow.free)
		textOf(t, readAnswer(t, bufio.NewReader(call)))
		closed := 0
		for _, c := range silent {
			_ = c.SetReadDeadline(time.Now())
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
				closed++
			}
		}
		if open := len(silent) - closed; open < 490 || open > 500 {
			t.Errorf("%d silent connections are open", open)
		}
	})
}
