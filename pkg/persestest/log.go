package persestest

import (
	"io"
	"regexp"
	"sync"
)

// maxTail is the number of bytes at the end of a server's log that are kept for errors.
const maxTail = 64 << 10

// serverLog receives the log of a server. It keeps the end, copies everything to copyTo unless that is nil, and sends the address
// on which the server listens to address once the log contains it.
type serverLog struct {
	listening *regexp.Regexp // matches the line with the address, which is its group
	copyTo    io.Writer
	address   chan string // has a buffer of one

	mu    sync.Mutex
	tail  []byte
	found bool // whether the address has been sent
}

func newServerLog(listening *regexp.Regexp, copyTo io.Writer) *serverLog {
	return &serverLog{listening: listening, copyTo: copyTo, address: make(chan string, 1)}
}

// Write never fails, because the server would stop if it could not log.
func (l *serverLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, b...)
	if !l.found {
		if m := l.listening.FindSubmatch(l.tail); m != nil {
			l.found = true
			l.address <- string(m[1])
		}
	}
	l.tail = l.tail[max(0, len(l.tail)-maxTail):]
	if l.copyTo != nil {
		_, _ = l.copyTo.Write(b)
	}
	return len(b), nil
}

// String returns the end of the log.
func (l *serverLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return string(l.tail)
}
