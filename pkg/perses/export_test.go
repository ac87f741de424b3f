package perses

import "context"

// ClientOf returns the client of a call in the name of an identity.
func (s *Server) ClientOf(ctx context.Context, identity string) *Client {
	return s.client(ctx, identity)
}
