package query

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses"
	"github.com/perses/mcp-server/pkg/perses/mask"
	"github.com/perses/mcp-server/pkg/perses/problem"
	"github.com/perses/mcp-server/pkg/work"
)

// refusal is an answer that is no success.
type refusal struct {
	request  string // its method and path
	status   int
	byPerses bool // and not by the datasource behind it
	message  string
}

func (r *refusal) Error() string { return r.message }

// notUnderstood is an answer that is a success, but not of the API that is asked.
func notUnderstood(kind string, err error) error {
	return &refusal{status: http.StatusOK, message: fmt.Sprintf("its answer is not that of a %s (%s)", kind, Clip(innermost(err).Error(), maxWords))}
}

func innermost(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

// maxWords is how long a message of a datasource is at the most, in bytes.
const maxWords = 1000

// maxFailure is how many bytes are read of an answer that is no success.
const maxFailure = 1 << 16

// refusalOf reads what there is said of a failure: by Perses as {"message"}, by an API like that of Prometheus as
// {"status":"error","error"}, by Loki and Tempo as plain text.
func refusalOf(request *http.Request, status int, body []byte) *refusal {
	r := &refusal{request: request.Method + " " + request.URL.Path, status: status}
	body = body[:min(len(body), maxFailure)]
	said := gjson.ParseBytes(body)
	switch {
	case gjson.ValidBytes(body) && said.Get("status").Exists():
		r.message = said.Get("error").String()
	case gjson.ValidBytes(body) && said.Get("message").Exists():
		r.byPerses = true
		r.message = said.Get("message").String()
	default:
		r.message = strings.TrimSpace(strings.ToValidUTF8(string(body), "?"))
	}
	r.message = Clip(r.message, maxWords)
	if r.message == "" {
		r.message = http.StatusText(status)
	}
	return r
}

// maxMasked is how many bytes behind those that are shown of a text are searched for the end of a URL's user part.
const maxMasked = 1 << 12

// Clip shortens a text to so many bytes, and says by how many. It masks the text before: what is left of a URL may not show any
// more which part of it is a secret.
func Clip(text string, most int) string {
	beyond := ""
	if len(text) > most+maxMasked {
		end := strings.LastIndexAny(text[:most+maxMasked], ends)
		if end < most {
			end = most
			if url := strings.LastIndex(text[:most], "://"); url >= 0 && !strings.ContainsAny(text[url+len("://"):most], ends) {
				end = url
			}
		}
		text, beyond = text[:end], text[end:]
	}
	text = mask.Text(text)
	if len(text) <= most && beyond == "" {
		return text
	}
	cut := min(most, len(text))
	for cut < len(text) && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return fmt.Sprintf("%s…(+%d bytes)", strings.ToValidUTF8(text[:cut], ""), len(text)-cut+len(beyond))
}

// ends are the characters that no user part of a URL has.
const ends = "/?#\" \t\n\r\f\v"

// explain puts a failure into a sentence with the next step.
func (s *Source) explain(err error) error {
	var r *refusal
	reason := ""
	switch {
	case errors.As(err, &r) && r.byPerses:
		reason = s.refusedByPerses(r)
	case errors.As(err, &r):
		reason = refusedBySource(r)
	case errors.Is(err, context.Canceled):
		reason = "the call was cancelled"
	case errors.As(err, new(tooMuch)) || errors.Is(err, work.ErrExhausted):
		reason = err.Error() + ": aggregate (sum by, topk), take a larger step or a shorter range, or select fewer series"
	case errors.Is(err, context.DeadlineExceeded):
		reason = "it did not answer in time: ask for less (a shorter range, a larger step, fewer series), or let the operator raise --timeout"
	case perses.IsTooLarge(err):
		reason = err.Error() + ": aggregate (sum by, topk), take a larger step or a shorter range"
	case errors.As(err, new(*perses.NoAnswer)):
		reason = err.Error()
	default: // Perses itself is what cannot be reached
		return s.client.Explain("ask", s.ref(), err)
	}
	text := s.client.Message(s.client.Context(), fmt.Sprintf("datasource %q (%s): %s", s.Name(), s.Scope(), reason))
	if IsTooMuch(err) {
		return tooMuch(text)
	}
	err = errors.New(text)
	if r != nil && r.ofQuery() {
		return refusedQuery{err}
	}
	return err
}

// refusedQuery is the error of a query that the datasource does not take.
type refusedQuery struct{ error }

// RefusesQuery tells whether an error of a source is about what it is asked, and not about whether it can be.
func RefusesQuery(err error) bool { return errors.As(err, new(refusedQuery)) }

func (r *refusal) ofQuery() bool {
	return !r.byPerses && (r.status == http.StatusBadRequest || r.status == http.StatusUnprocessableEntity)
}

func (s *Source) refusedByPerses(r *refusal) string {
	switch {
	case strings.Contains(r.message, "not allowed to use this endpoint"):
		return fmt.Sprintf("it does not let %s through: its allowedEndpoints lack it, and whoever may write the datasource can add it", r.request)
	case r.status == http.StatusUnauthorized || r.status == http.StatusForbidden:
		words := s.client.Explain("ask", s.ref(), &problem.Error{Status: r.status, Message: r.message}).Error()
		_, reason, _ := strings.Cut(words, ": ")
		return strings.TrimSuffix(reason, ".")
	case r.status == http.StatusNotFound:
		return fmt.Sprintf("Perses does not find what it needs to ask it (%s): it, or the secret that it names, may have been deleted", r.message)
	case r.status >= http.StatusInternalServerError:
		return fmt.Sprintf("Perses gets no answer from it (%s): it may be down, or its url wrong", r.message)
	}
	return r.message
}

func refusedBySource(r *refusal) string {
	if r.ofQuery() {
		return "it refuses the query: " + r.message
	}
	switch r.status {
	case http.StatusOK:
		return r.message
	case http.StatusUnauthorized, http.StatusForbidden:
		return fmt.Sprintf("it wants other credentials than it gets (%d %s): the datasource in Perses may need a secret", r.status, r.message)
	case http.StatusNotFound:
		return fmt.Sprintf("it has no %s (%s): its url may be wrong, or it is another kind of datasource", r.request, r.message)
	}
	return fmt.Sprintf("it fails with status %d: %s", r.status, r.message)
}

func (s *Source) ref() perses.Ref {
	d := s.datasource
	if d.Scope == perses.ScopeGlobal {
		return perses.Ref{Kind: "GlobalDatasource", Name: d.Name}
	}
	return perses.Ref{Kind: "Datasource", Project: d.Project, Name: d.Name}
}
