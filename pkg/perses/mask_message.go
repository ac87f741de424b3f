package perses

import (
	"context"
	"encoding/base64"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
)

// credentialPatterns find credentials in a message, wherever somebody repeats them.
type credentialPatterns struct {
	header   *regexp.Regexp // the value of an Authorization header, in the forms of HTTP, JSON and Go
	cookie   *regexp.Regexp // the value of a Cookie header, likewise
	scheme   *regexp.Regexp // the scheme of a header, and what follows it: credentials, or a word of a sentence
	jwt      *regexp.Regexp // a JSON Web Token
	bareUser *regexp.Regexp // a user and a password before a host in an address without a scheme
}

var credentials = sync.OnceValue(func() credentialPatterns {
	return credentialPatterns{
		header:   regexp.MustCompile(`(?i)(authorization\\?["']?\s*[:=]\s*[\[\\"']*)(?:(?:(?:bearer|basic|digest|token|apikey|negotiate)\s+[^\s"'\\\],;]+)|[^\s"'\\\],;]+(["'\\\],;]|$))`),
		cookie:   regexp.MustCompile(`(?i)(cookie\\?["']?\s*[:=]\s*[\[\\"']*)[^\s"'\\\],=]+=[^"'\\\]\r\n]*`),
		scheme:   regexp.MustCompile(`(?i)\b(bearer|basic)\s+([A-Za-z0-9._~+/-]{4,}=*)`),
		jwt:      regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`),
		bareUser: regexp.MustCompile(`(^|[\s"'(=,/\\])([\w.+%-]+:[^\s@]+)@((?:\d{1,3}\.){3}\d{1,3}|[A-Za-z0-9.-]*\.[A-Za-z][A-Za-z0-9-]+|localhost\b|\[)`),
	}
})

// MaskMessage masks the secrets in a message: an error, a line of the log, a step of a call's progress. It masks the user
// part of URLs, and credentials as the headers of HTTP have them. It would rather mask too much than too little.
func MaskMessage(text string) string {
	text = (&urlScan{message: true}).maskUsers(text)
	if strings.IndexByte(text, '@') >= 0 {
		text = credentials().bareUser.ReplaceAllStringFunc(text, func(found string) string {
			part := credentials().bareUser.FindStringSubmatch(found)
			if user, password, _ := strings.Cut(part[2], ":"); strings.EqualFold(user, "mailto") || strings.HasPrefix(strings.TrimLeft(password, `\`), "/") {
				return found // an address of mail, or a URL, which has been dealt with
			}
			return part[1] + Mask + "@" + part[3]
		})
	}
	lower := strings.ToLower(text)
	if strings.Contains(lower, "authorization") {
		text = credentials().header.ReplaceAllString(text, "${1}"+Mask+"${2}")
	}
	if strings.Contains(lower, "cookie") {
		text = credentials().cookie.ReplaceAllString(text, "${1}"+Mask)
	}
	if strings.Contains(lower, "bearer") || strings.Contains(lower, "basic") {
		text = credentials().scheme.ReplaceAllStringFunc(text, func(found string) string {
			part := credentials().scheme.FindStringSubmatch(found)
			if !isCredential(part[1], part[2]) {
				return found
			}
			return strings.TrimSuffix(found, part[2]) + Mask
		})
	}
	if strings.Contains(text, "eyJ") {
		text = credentials().jwt.ReplaceAllString(text, Mask)
	}
	return text
}

// isCredential tells credentials from a word that follows the name of their scheme in a sentence, as in "Basic auth".
func isCredential(scheme, word string) bool {
	if strings.EqualFold(scheme, "basic") {
		word = strings.TrimRight(word, "=")
		decoded, err := base64.RawStdEncoding.DecodeString(word[:len(word)/4*4]) // its end may be cut off
		return err == nil && strings.Contains(string(decoded), ":")
	}
	const longWord = 20
	return len(word) >= longWord || strings.ContainsAny(strings.TrimRight(word, "."), "0123456789._~+/=-") || strings.ToLower(word[1:]) != word[1:]
}

// minSecret is from how many bytes on credentials are masked wherever they appear: a shorter text is part of many words.
const minSecret = 8

// remember keeps the credentials of the last request, so that Message finds them.
type remember struct {
	next http.RoundTripper
	sent *atomic.Pointer[string]
}

func (t remember) RoundTrip(r *http.Request) (*http.Response, error) {
	authorization := r.Header.Get("Authorization")
	if last := t.sent.Load(); authorization != "" && (last == nil || *last != authorization) {
		t.sent.Store(&authorization)
	}
	return t.next.RoundTrip(r)
}

// Message returns a message of a call as MaskMessage does, with the credentials of the call masked, too.
func (s *Server) Message(ctx context.Context, text string) string {
	authorization := ""
	if sent := s.sent.Load(); sent != nil {
		authorization = *sent
	}
	if caller, ok := ctx.Value(callerKey{}).(*Caller); ok && caller != nil && s.passthrough {
		authorization = caller.authorization
	}
	if _, secret, _ := strings.Cut(authorization, " "); len(secret) >= minSecret {
		text = strings.ReplaceAll(text, secret, Mask)
	}
	return MaskMessage(text)
}

// MaskLog returns a handler of a log that masks the secrets in all that it is given, as MaskMessage does.
func MaskLog(next slog.Handler) slog.Handler {
	if masked, ok := next.(maskedLog); ok {
		return masked
	}
	return maskedLog{next}
}

type maskedLog struct{ slog.Handler }

// Handle writes a line of the log.
func (h maskedLog) Handle(ctx context.Context, r slog.Record) error {
	masked := slog.NewRecord(r.Time, r.Level, MaskMessage(r.Message), r.PC)
	r.Attrs(func(a slog.Attr) bool {
		masked.AddAttrs(maskAttr(a))
		return true
	})
	return h.Handler.Handle(ctx, masked)
}

// WithAttrs returns the handler of a logger that adds the attributes to each line.
func (h maskedLog) WithAttrs(attrs []slog.Attr) slog.Handler {
	return maskedLog{h.Handler.WithAttrs(maskAttrs(attrs))}
}

// WithGroup returns the handler of a logger that puts what it is given into a group.
func (h maskedLog) WithGroup(name string) slog.Handler { return maskedLog{h.Handler.WithGroup(name)} }

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
		if masked := MaskMessage(text); masked != text {
			a.Value = slog.StringValue(masked)
		}
	case slog.KindGroup:
		a.Value = slog.GroupValue(maskAttrs(a.Value.Group())...)
	}
	return a
}
