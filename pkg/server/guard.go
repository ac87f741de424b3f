package server

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/perses/mcp-server/pkg/quota"
)

// guarded does what every call needs, whatever it is a call of: it ends at the deadline, leaves a line in
// the log and its traces elsewhere, and if it panics costs its caller an error and nobody else anything. The panic's own
// words stay in the log, since they may hold anything.
//
// what is the name of a tool, the address of a resource, or a method of MCP, after which a name may follow that is one of
// a few.
func guarded[T any](s *Server, ctx context.Context, what string, do func(context.Context) (T, error)) (result T, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	defer context.AfterFunc(s.calls, cancel)()
	revoked := quota.Revocation(ctx)
	defer context.AfterFunc(revoked, cancel)()
	ctx, end := s.observed(ctx, what)
	defer func() {
		if p := recover(); p != nil {
			line := []slog.Attr{slog.String("call", what), slog.Any("panic", p), slog.String("stack", string(debug.Stack()))}
			s.Logger.LogAttrs(ctx, slog.LevelError, "panic", append(line, s.about(ctx)...)...)
			err = errInternal
		}
		if err != nil && revoked.Err() != nil {
			err = fmt.Errorf("%w (%w)", err, context.Cause(revoked))
		}
		end(result, err)
	}()
	result, err = do(ctx)
	return result, s.failure(ctx, err)
}

// failure returns the error of a call as everybody may read it, in an answer, the log or a trace: without secrets, and within
// the limit. An error repeats what a caller, a document or Perses has said, which may be anything of any length.
func (s *Server) failure(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	// It is cut before, for masking to take no longer, and after, since a mask may be longer than the secret.
	return &failure{s.shortened(s.Perses.Message(ctx, s.shortened(err.Error()))), err}
}

// failure is the error of a call with the text that may be read.
type failure struct {
	text  string
	cause error
}

func (f *failure) Error() string { return f.text }
func (f *failure) Unwrap() error { return f.cause }

// withinLimit is the last look at an answer of a tool. Tools fit their answers into the limit themselves;
// one that does not is refused rather than cut, because a model believes what it reads.
func (s *Server) withinLimit(text []byte) ([]byte, error) {
	if len(text) > s.ResultLimit {
		return nil, fmt.Errorf("the answer has %d bytes, more than the limit of %d (--result-limit): ask for less of it", len(text), s.ResultLimit)
	}
	return text, nil
}

// longWord is how many bytes of a word are left out rather than cut, so that no half of a secret is left.
const longWord = 1000

// shortened holds the text of an error to the limit: it is cut, between words if it can be, and says so.
func (s *Server) shortened(text string) string {
	if len(text) <= s.ResultLimit {
		return text
	}
	const note = "… (the rest is left out)"
	text = cut(text, s.ResultLimit-len(note))
	if space := strings.LastIndexByte(text, ' '); space > max(0, len(text)-longWord) {
		text = text[:space]
	}
	return text + note
}

// cut returns the first bytes of a text, without half a character at the end.
func cut(text string, most int) string { return strings.ToValidUTF8(text[:min(len(text), most)], "") }
