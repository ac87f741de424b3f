package perses

import (
	"context"
	"fmt"
	"io"
	"net/http"

	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses/problem"
)

// maxHealth is how many bytes of the answer about Perses' health are read: it has a few short fields.
const maxHealth = 4096

// Reachable asks Perses for its health, which everybody may, and returns why it cannot be reached, or nil. It goes
// without an identity: one that has ended is an error of the calls that act with it, and says nothing of Perses.
func (s *Server) Reachable(ctx context.Context) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url.JoinPath("api/v1/health").String(), nil)
	if err != nil {
		return err
	}
	for name, value := range s.headers {
		r.Header.Set(name, value)
	}
	response, err := s.pool.RoundTrip(r)
	if err != nil {
		return err
	}
	defer func() { _ = response.Body.Close() }()
	switch {
	case response.StatusCode == http.StatusUnauthorized || response.StatusCode == http.StatusForbidden:
		return nil // a proxy in front of it that wants to know who asks
	case response.StatusCode != http.StatusOK || problem.IsHTML(response):
		return fmt.Errorf("status %d, media type %q", response.StatusCode, response.Header.Get("Content-Type"))
	}
	s.outage.heard(nil)
	if health, err := io.ReadAll(io.LimitReader(response.Body, maxHealth)); err == nil {
		s.learned(gjson.GetBytes(health, "version").String())
	}
	return nil
}
