package quota

import (
	"context"
	"errors"
)

// ErrOthersWaited is the cause of the end of a request that was revoked.
var ErrOthersWaited = errors.New("it was ended early, for others waited for the memory that it holds: try again later, or with less at once")

type requestKey struct{}

// request is what the claims of one request have in common.
type request struct {
	owner   Owner
	revoked context.Context
	revoke  func()
}

// NewContext returns the context of a request of this owner, whose claims can be revoked. It is not ctx that ends then:
// see Revocation.
func NewContext(ctx context.Context, owner Owner) context.Context {
	revoked, cancel := context.WithCancelCause(context.Background())
	return context.WithValue(ctx, requestKey{}, request{owner, revoked, func() { cancel(ErrOthersWaited) }})
}

// Revocation returns a context that ends, with the cause ErrOthersWaited, when a claim of the request of ctx is revoked.
// Whoever works on the request must stop then. Outside of a request it never ends.
func Revocation(ctx context.Context) context.Context {
	if r, ok := ctx.Value(requestKey{}).(request); ok {
		return r.revoked
	}
	return context.Background()
}

// ClaimFor returns a claim for the request of ctx, with its owner. Outside of a request it is never revoked.
func (p *Pool) ClaimFor(ctx context.Context) *Claim {
	r, _ := ctx.Value(requestKey{}).(request)
	return p.Claim(r.owner, r.revoke)
}
