package persestest

import (
	"io"
	"regexp"
	"sync"
)

// keptLog is how many bytes of the end of Perses' log are kept, to be shown in errors.
const keptLog = 64 << 10

// listening matches the line in which Perses says where it listens. What follows the address is matched so as not to take
// a part of it for all.
var listening = regexp.MustCompile(`http server started on .*(127\.0\.0\.1:\d+)\D`)

// serverLog receives the log of Perses. It keeps the end of it, passes all on to copyTo (unless that is nil), and sends
// the address on which Perses listens to address as soon as it is in the log.
type serverLog struct {
	copyTo  io.Writer
	address chan string // holds one

	mu   sync.Mutex
	tail []byte
	told bool
}

func newServerLog(copyTo io.Writer) *serverLog {
	return &serverLog{copyTo: copyTo, address: make(chan string, 1)}
}

// Write never fails: Perses would stop with its log.
func (l *serverLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tail = append(l.tail, b...)
	if !l.told {
		if m := listening.FindSubmatch(l.tail); m != nil {
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
