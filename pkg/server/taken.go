package server

import (
	"net/http"
	"time"
)

const (
	// answerTimeout is how long a caller may take to read an answer, beyond what its length takes.
	answerTimeout = 30 * time.Second
	// slowest is at how many bytes a second an answer must be read.
	slowest = 64 << 10
)

// taken gives each piece of an answer a time in which it is to be read. A caller who asks and does not read would keep the
// memory of its message and of its answer for as long as it pleases: without a deadline a write waits until the connection
// ends.
//
// The time runs only while something is written. A call may take longer before its answer, and a stream may be silent.
func taken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t := takenWriter{writer{w}, http.NewResponseController(w)}
		next.ServeHTTP(t, r)
		t.begin(0) // for what is not on its way yet; net/http takes it back for the next request of the connection
	})
}

// takenWriter is the answer of one request.
type takenWriter struct {
	writer
	control *http.ResponseController
}

func (t takenWriter) begin(bytes int) {
	_ = t.control.SetWriteDeadline(time.Now().Add(answerTimeout + time.Duration(bytes/slowest)*time.Second))
}

func (t takenWriter) end() { _ = t.control.SetWriteDeadline(time.Time{}) }

func (t takenWriter) Write(p []byte) (int, error) {
	t.begin(len(p))
	defer t.end()
	return t.ResponseWriter.Write(p)
}

// Flush is for mcp-go, which looks for it with a type assertion.
func (t takenWriter) Flush() {
	t.begin(0)
	defer t.end()
	_ = t.control.Flush()
}
