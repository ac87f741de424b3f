package mask

import (
	"context"
	"log/slog"
)

// LogHandler returns a log handler that masks secrets in messages and attributes, as Message does.
func LogHandler(next slog.Handler) slog.Handler {
	if masked, ok := next.(logHandler); ok {
		return masked
	}
	return logHandler{next}
}

type logHandler struct{ slog.Handler }

// Handle writes a log record.
func (h logHandler) Handle(ctx context.Context, r slog.Record) error {
	masked := slog.NewRecord(r.Time, r.Level, Message(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		masked.AddAttrs(maskAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, masked)
}

// WithAttrs returns a handler that adds attributes to each record.
func (h logHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return logHandler{h.Handler.WithAttrs(maskAttrs(attrs))}
}

// WithGroup returns a handler that puts attributes into a group.
func (h logHandler) WithGroup(name string) slog.Handler { return logHandler{h.Handler.WithGroup(name)} }

func maskAttrs(attrs []slog.Attr) []slog.Attr {
	masked := make([]slog.Attr, len(attrs))
	for i, a := range attrs {
		masked[i] = maskAttr(a)
	}
	return masked
}

func maskAttr(a slog.Attr) slog.Attr {
	switch a.Value = a.Value.Resolve(); a.Value.Kind() {
	case slog.KindString, slog.KindAny:
		text := a.Value.String()
		if masked := Message(text); masked != text {
			a.Value = slog.StringValue(masked)
		}
	case slog.KindGroup:
		a.Value = slog.GroupValue(maskAttrs(a.Value.Group())...)
	}
	return a
}
