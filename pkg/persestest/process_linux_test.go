package persestest

import (
	"bufio"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"
)

// TestPersesEndsWithItsParent checks that Perses also ends when the test process is killed, for example by the timeout of go
// test.
func TestPersesEndsWithItsParent(t *testing.T) {
	// The killed process cannot remove its files.
	t.Setenv("TMPDIR", t.TempDir())
	parent := exec.Command(os.Args[0])
	parent.Env = append(os.Environ(), asChild+"=1")
	parent.Stderr = os.Stderr
	out, err := parent.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := parent.Start(); err != nil {
		t.Fatal(err)
	}
	url, readErr := bufio.NewReader(out).ReadString('\n')
	conn, dialErr := net.Dial("tcp", strings.TrimPrefix(strings.TrimSpace(url), "http://"))
	_ = parent.Process.Kill()
	_ = parent.Wait()
	if err := errors.Join(readErr, dialErr); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()

	// The kernel closes the connection when Perses ends.
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Read(make([]byte, 1)); errors.Is(err, os.ErrDeadlineExceeded) {
		t.Error("Perses still runs after its parent was killed")
	}
}
