package server

import (
	"net/http"
	"time"

	"github.com/perses/mcp-server/pkg/server/mcpgo"
)

const (
	// writeTimeout is the time for writing each piece of an answer, in addition to the time that minWriteRate allows for its length.
	writeTimeout = 30 * time.Second
	// minWriteRate is how fast a caller must read an answer, in bytes per second.
	minWriteRate = 64 << 10
)

// withWriteDeadlines sets a deadline for each write of an answer. Without one, a caller who never reads the answer would hold the
// memory of its message and its answer until the connection ends. http.Server.WriteTimeout would also limit calls and streams.
func withWriteDeadlines(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		d := deadlineWriter{mcpgo.ResponseWriter{ResponseWriter: w}, http.NewResponseController(w)}
		next.ServeHTTP(d, r)
		d.setDeadline(0) // for data that is still buffered; net/http resets it for the next request of the connection
	})
}

type deadlineWriter struct {
	mcpgo.ResponseWriter
	control *http.ResponseController
}

// setDeadline sets the deadline for writing a number of bytes.
func (d deadlineWriter) setDeadline(bytes int) {
	_ = d.control.SetWriteDeadline(time.Now().Add(writeTimeout + time.Duration(bytes/minWriteRate)*time.Second))
}

func (d deadlineWriter) clearDeadline() { _ = d.control.SetWriteDeadline(time.Time{}) }

func (d deadlineWriter) Write(p []byte) (int, error) {
	d.setDeadline(len(p))
	defer d.clearDeadline()
	return d.ResponseWriter.Write(p)
}

func (d deadlineWriter) Flush() {
	d.setDeadline(0)
	defer d.clearDeadline()
	d.ResponseWriter.Flush()
}
