package server

import "net/http"

// writer hands on what a writer of answers around another one does not see to itself. To embed an http.ResponseWriter alone
// would hide what the inner one can do besides.
type writer struct{ http.ResponseWriter }

// Flush is for mcp-go, which looks for it with a type assertion.
func (w writer) Flush() { _ = http.NewResponseController(w.ResponseWriter).Flush() }

// Unwrap is for http.ResponseController.
func (w writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }
