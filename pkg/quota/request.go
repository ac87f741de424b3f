package quota

import (
	"context"
	"errors"
)

// ErrOthersWaited is the cause of the end of a request whose claim was revoked.
var ErrOthersWaited = errors.New("the call was ended early because others waited for its memory: try again later, or with a smaller request")

type requestKey struct{}

// request is shared by the claims of one request.
type request struct {
	owner   Owner
	revoked context.Context
	revoke  func()
}

// NewContext returns the context of a request whose claims can be revoked. A revocation does not end this context, see Revocation.
func NewContext(ctx context.Context, owner Owner) context.Context {
	revoked, cancel := context.WithCancelCause(context.Background())
	return context.WithValue(ctx, requestKey{}, request{owner, revoked, func() { cancel(ErrOthersWaited) }})
}

// Revocation returns a context that is cancelled with the cause ErrOthersWaited when a claim of the request is revoked. Work on the
// request must then stop. If ctx is not from NewContext, it is never cancelled.
func Revocation(ctx context.Context) context.Context {
	if r, ok := ctx.Value(requestKey{}).(request); ok {
		return r.revoked
	}
	return context.Background()
}

// ClaimFor returns a claim for the request of ctx. If ctx is not from NewContext, the claim is never revoked.
func (p *Pool) ClaimFor(ctx context.Context) *Claim {
	r, _ := ctx.Value(requestKey{}).(request)
	return p.Claim(r.owner, r.revoke)
}
