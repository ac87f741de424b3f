package credentials

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

// minSecret is the minimum number of bytes of credentials that Mask finds anywhere. A shorter text is part of many words.
const minSecret = 8

// Recorder is a transport that remembers the credentials of the last request, so that Mask can find them.
type Recorder struct {
	Next http.RoundTripper
	last atomic.Pointer[string]
}

// RoundTrip sends a request.
func (t *Recorder) RoundTrip(r *http.Request) (*http.Response, error) {
	authorization := r.Header.Get("Authorization")
	if last := t.last.Load(); authorization != "" && (last == nil || *last != authorization) {
		t.last.Store(&authorization)
	}
	return t.Next.RoundTrip(r)
}

// Mask masks a message of a call as mask.Message does. It also masks the credentials of the call wherever they appear.
func (t *Recorder) Mask(ctx context.Context, text string) string {
	authorization := ""
	if caller := callerOf(ctx); caller != nil {
		authorization = caller.authorization
	} else if last := t.last.Load(); last != nil {
		authorization = *last
	}
	if _, secret, _ := strings.Cut(authorization, " "); len(secret) >= minSecret {
		text = strings.ReplaceAll(text, secret, mask.Secret)
	}
	return mask.Message(text)
}
