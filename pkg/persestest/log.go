package persestest

import (
	"io"
	"regexp"
	"sync"
)

// keptLog is how many bytes of the end of a server's log are kept, to be shown in errors.
const keptLog = 64 << 10

// serverLog receives the log of a server. It keeps the end of it, passes all on to copyTo (unless that is nil), and sends
// the address on which the server listens to address as soon as it is in the log.
type serverLog struct {
	listening *regexp.Regexp // matches the line with the address, which is its group
	copyTo    io.Writer
	address   chan string // holds one

	mu   sync.Mutex
	tail []byte
	told bool
}

func newServerLog(listening *regexp.Regexp, copyTo io.Writer) *serverLog {
	return &serverLog{listening: listening, copyTo: copyTo, address: make(chan string, 1)}
}

// Write never fails: the server would stop with its log.
func (l *serverLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, b...)
	if !l.told {
		if m := l.listening.FindSubmatch(l.tail); m != nil {
			l.told = true
			l.address <- string(m[1])
		}
	}
	l.tail = l.tail[max(0, len(l.tail)-keptLog):]
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
