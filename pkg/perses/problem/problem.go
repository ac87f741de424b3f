// Package problem turns the error responses of Perses into errors with few and helpful words.
package problem

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"

	"github.com/perses/perses/pkg/client/perseshttp"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

// maxBody is the maximum number of bytes read of an error response. CUE writes 40 KB about a single wrong unit.
const maxBody = 1 << 20

// Error is a response of Perses that is not a success.
type Error struct {
	Status   int     // the HTTP status
	Message  string  // the faults in one line, or other words of Perses; "" if there are none
	Faults   []Fault // what Perses found wrong with the document that it refused
	Location string  // the target of a redirect
}

func (e *Error) Error() string {
	if e.Message == "" {
		return fmt.Sprintf("status %d %s", e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("status %d: %s", e.Status, e.Message)
}

// FromResponse returns the error of a response, or nil for a success. Redirects and HTML pages are errors. With an error, it
// reads and closes the body. It masks the secrets of the request's document in Perses' words.
func FromResponse(response *http.Response, r *http.Request) error {
	if response.StatusCode < http.StatusMultipleChoices && !IsHTML(response) {
		return nil
	}
	defer func() { _ = response.Body.Close() }()
	e := &Error{Status: response.StatusCode, Location: response.Header.Get("Location")}
	body, _ := io.ReadAll(io.LimitReader(response.Body, maxBody))
	sent := sentBody(r)
	var answer struct {
		Message string `json:"message"`
	}
	switch {
	case json.Unmarshal(body, &answer) == nil:
		e.Faults = parseFaults(mask.Response(answer.Message, sent))
		nameCycle(e.Faults, sent)
		e.Message = join(e.Faults)
	case IsHTML(response):
		e.Message = "an HTML page, not the JSON of Perses' API"
	default:
		e.Message = Condense(mask.Response(string(bytes.ToValidUTF8(body, []byte("?"))), sent))
	}
	return e
}

// sentBody returns the body of a request that was sent, or nil if there is none.
func sentBody(r *http.Request) []byte {
	if r.GetBody == nil {
		return nil
	}
	body, err := r.GetBody()
	if err != nil {
		return nil
	}
	sent, err := io.ReadAll(body)
	if err != nil {
		return nil
	}
	return sent
}

// IsHTML reports whether a response is an HTML page. It does not come from Perses' API, but from a login page, a proxy or the UI.
func IsHTML(r *http.Response) bool {
	media, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return media == "text/html"
}

// IsMissing reports whether err says that a document or its project does not exist.
func IsMissing(err error) bool { return hasStatus(err, http.StatusNotFound) }

// IsForbidden reports whether err says that the caller lacks a permission.
func IsForbidden(err error) bool { return hasStatus(err, http.StatusForbidden) }

func hasStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// Cause returns the error inside of errors that only name the request.
func Cause(err error) error {
	var request *perseshttp.RequestError
	if errors.As(err, &request) && request.Err != nil {
		err = request.Err
	}
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err
	}
	return err
}
