package perses

import (
	"context"
	"time"

	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/work"
)

// ClientOf returns the client of a call in the name of an identity.
func (s *Server) ClientOf(ctx context.Context, identity string) *Client {
	return s.client(&bodyQuota{ctx: ctx, pool: s.documents, limits: persesLimits}, identity, s.transport, work.New(ctx, work.Max))
}

// Kept returns how many bytes are kept of datasources, and how many lists of them.
func (s *Server) Kept() (size, lists int) {
	s.datasources.mu.Lock()
	defer s.datasources.mu.Unlock()
	return s.datasources.size, len(s.datasources.entries)
}

// Again does what only reads as the requests of a call do.
func (s *Server) Again(ctx context.Context, read func() error) error {
	_, err := again(ctx, s, func() (struct{}, error) { return struct{}{}, read() })
	return err
}

// Down makes Perses one that has been waited for in vain, and was not there just now.
func (s *Server) Down(now time.Time) {
	s.outage.since, s.outage.last = now.Add(-outageTime), now
}

// ReadDataFrom replaces the memory for answers of datasources.
func (s *Server) ReadDataFrom(pool *quota.Pool) { s.data = pool }
