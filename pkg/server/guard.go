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
	return do(ctx)
}

// withinLimit is the last look at an answer of a tool. Tools fit their answers into the limit themselves;
// one that does not is refused rather than cut, because a model believes what it reads.
func (s *Server) withinLimit(text []byte) ([]byte, error) {
	if len(text) > s.ResultLimit {
		return nil, fmt.Errorf("the answer has %d bytes, more than the limit of %d (--result-limit): ask for less of it", len(text), s.ResultLimit)
	}
	return text, nil
}

// shortened holds the text of an error to the limit. An error repeats what a caller or Perses has sent, which
// may be of any length; it is cut, and says so.
func (s *Server) shortened(text string) string {
	if len(text) <= s.ResultLimit {
		return text
	}
	const note = "… (the rest is left out)"
	return strings.ToValidUTF8(text[:s.ResultLimit-len(note)], "") + note
}
