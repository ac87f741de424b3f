package mcpgo

// Fault: mcp-go detects streaming with a type assertion.
//
// newHTTPResponseWriterAdapter in server/streamable_http_handle.go looks for http.Flusher instead of using
// http.ResponseController, so every http.ResponseWriter that wraps another one needs a Flush method.

import "net/http"

// ResponseWriter is for embedding in types that wrap an http.ResponseWriter. It passes on Flush, and everything that
// http.ResponseController can do.
type ResponseWriter struct{ http.ResponseWriter }

// Flush implements http.Flusher.
func (w ResponseWriter) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController.
func (w ResponseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
