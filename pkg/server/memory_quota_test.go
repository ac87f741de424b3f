package server_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/perses/mcp-server/pkg/server"
	"github.com/perses/mcp-server/tools"
)

// announce starts a request of 4 MiB and sends a part of its body.
func announce(c net.Conn, credentials string, sent int) error {
	_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		server.Endpoint, credentials, 4<<20, strings.Repeat(" ", sent))
	return err
}

// large returns a ping of the given size.
func large(size int) message {
	return message{body: ping + strings.Repeat(" ", size-len(ping)), headers: http.Header{}}
}

// Senders that announce large requests and send little do not block others, however many connections and credentials they use.
func TestSlowRequestsTakeNoMemoryFromOthers(t *testing.T) {
	for _, sent := range []int{20_000, 100_000, 3 << 20} {
		t.Run(fmt.Sprint(sent), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				dial := overPipes(t, newServer(t, never, []tools.Tool{echo()}))
				for i := range 300 {
					c := dial()
					go func() {
						if announce(c, fmt.Sprint(i), sent) != nil { // answered early
							return
						}
						for err := error(nil); err == nil; _, err = io.WriteString(c, " ") {
							select {
							case <-time.After(time.Second):
							case <-t.Context().Done():
								return
							}
						}
					}()
				}
				synctest.Wait()
				began := time.Now()
				c := dial()
				post(t, c, as("Bearer honest", large(4<<20)))
				if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusOK {
					t.Errorf("got %d %s", got.status, got.body)
				}
				if took := time.Since(began); took > 2*time.Second {
					t.Errorf("waited %s", took)
				}
			})
		})
	}
}

// A slow sender is served while nobody waits for its memory.
func TestSlowRequestsAreServed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := overPipes(t, newServer(t, never, []tools.Tool{echo()}))
		c := dial()
		const size, piece = 2 << 20, 100_000 // a second
		go func() {
			text := large(size).body
			_, err := fmt.Fprintf(c, "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", server.Endpoint, size)
			for err == nil && text != "" {
				time.Sleep(time.Second)
				n := min(len(text), piece)
				_, err = io.WriteString(c, text[:n])
				text = text[n:]
			}
		}()
		if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusOK {
			t.Errorf("got %d %s", got.status, got.body)
		}
	})
}

func TestRequestsMustArrive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := overPipes(t, newServer(t, never, []tools.Tool{echo()}))
		for _, sent := range []int{100, 100_000} {
			c := dial()
			if err := announce(c, "x", sent); err != nil {
				t.Fatal(err)
			}
			if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusRequestTimeout || got.body != "the request did not arrive within 30s\n" {
				t.Errorf("%d bytes sent: got %d %s", sent, got.status, got.body)
			}
		}
	})
}

// Many concurrent large messages are served one after another.
func TestManyLargeRequests(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		dial := overPipes(t, newServer(t, never, []tools.Tool{echo()}))
		var wg sync.WaitGroup
		for i := range 16 {
			c := dial()
			wg.Go(func() {
				post(t, c, as(fmt.Sprintf("Bearer %d", i), large(4<<20)))
				if got := readAnswer(t, bufio.NewReader(c)); got.status != http.StatusOK {
					t.Errorf("got %d %s", got.status, got.body)
				}
			})
		}
		wg.Wait()
	})
}

// A large message whose call does not end gives way to other callers.
func TestCallsOfLargeMessagesGiveWay(t *testing.T) {
	inEachEra(t, func(t *testing.T, e era) {
		synctest.Test(t, func(t *testing.T) {
			slow := newSlow()
			slow.Params = echo().Params
			dial := overPipes(t, newServer(t, never, []tools.Tool{slow.Tool, echo()}, timeout(5*time.Minute)))
			call := func(credentials, tool string) *bufio.Reader {
				c := dial()
				post(t, c, as(credentials, e.call("1", tool, fmt.Sprintf(`{"text":%q}`, strings.Repeat("x", 3<<20)))))
				return bufio.NewReader(c)
			}
			first := call("Bearer a", "slow")
			<-slow.begun
			time.Sleep(time.Minute) // nobody else waits
			synctest.Wait()
			if len(slow.ended) > 0 {
				t.Fatal("the call ended although nobody waited")
			}
			textOf(t, readAnswer(t, call("Bearer b", "echo")))
			if text, failed := textOf(t, readAnswer(t, first)); !failed || !strings.Contains(text, "others waited") {
				t.Errorf("got %q, failed: %t", text, failed)
			}
		})
	})
}
