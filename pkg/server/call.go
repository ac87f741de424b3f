package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"

	"github.com/perses/mcp-server/pkg/quota"
)

// errInternal replaces a panic, whose text could contain anything.
var errInternal = errors.New("internal error in the MCP server; its log has the details")

// runCall runs a call of any kind: with a deadline, with logging, metrics and a span, and with recovery from panics.
//
// what identifies the call: the name of a tool, the URI of a resource, or an MCP method, optionally followed by a name from a
// fixed set.
func runCall[T any](s *Server, ctx context.Context, what string, run func(context.Context) (T, error)) (result T, err error) {
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	defer context.AfterFunc(s.calls, cancel)()
	revoked := quota.Revocation(ctx)
	defer context.AfterFunc(revoked, cancel)()
	ctx, end := s.observe(ctx, what)
	defer func() {
		if p := recover(); p != nil {
			s.log(ctx, slog.LevelError, "panic", slog.String("call", what), slog.Any("panic", p), slog.String("stack", string(debug.Stack())))
			err = errInternal
		}
		if err != nil && revoked.Err() != nil {
			err = fmt.Errorf("%w (%w)", err, context.Cause(revoked))
		}
		end(result, err)
	}()
	result, err = run(ctx)
	return result, s.publicError(ctx, err)
}

// publicError returns an error that may be shown in an answer, the log or a trace: its text has no secrets and keeps to the result
// limit. The original text may repeat anything that a caller, a document or Perses has sent.
func (s *Server) publicError(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	// Truncating first bounds the time for masking; a mask may be longer than the secret, so truncate again.
	return &publicError{s.truncateError(s.Perses.Message(ctx, s.truncateError(err.Error()))), err}
}

type publicError struct {
	text  string
	cause error
}

func (e *publicError) Error() string { return e.text }
func (e *publicError) Unwrap() error { return e.cause }

// checkResultLimit refuses an answer that exceeds the result limit. Tools fit their answers into the limit; truncating one here
// would mislead the model.
func (s *Server) checkResultLimit(text []byte) error {
	if len(text) > s.ResultLimit {
		return fmt.Errorf("the answer has %d bytes, more than the limit of %d (--result-limit): ask for less", len(text), s.ResultLimit)
	}
	return nil
}

// maxPartialWord is the maximum number of bytes of a truncated word that are removed as well, so that no part of a secret remains.
const maxPartialWord = 1000

// truncateError truncates the text of an error to the result limit, between words if possible.
func (s *Server) truncateError(text string) string {
	if len(text) <= s.ResultLimit {
		return text
	}
	const note = "… (truncated)"
	text = truncate(text, s.ResultLimit-len(note))
	if space := strings.LastIndexByte(text, ' '); space > max(0, len(text)-maxPartialWord) {
		text = text[:space]
	}
	return text + note
}

// truncate returns at most the first maxBytes bytes of a text, without a partial character at the end.
func truncate(text string, maxBytes int) string {
	return strings.ToValidUTF8(text[:min(len(text), maxBytes)], "")
}
