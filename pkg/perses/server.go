// Package perses is the one way to Perses: its own Go client, bound to a single call.
//
// A Server is made once, from the configuration. For every call it gives a Client, through which the
// call's context, its credentials and its limits reach the wire, and from which come errors that say what
// Perses said. What leaves Perses for a model passes Mask; what a model names passes CheckName.
package perses

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/perses/perses/pkg/client/api"
	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/perses/pkg/client/perseshttp"
	"github.com/perses/spec/go/common"

	"github.com/perses/mcp-server/pkg/perses/credentials"
	"github.com/perses/mcp-server/pkg/quota"
	"github.com/perses/mcp-server/pkg/work"
)

const (
	dialTimeout = 10 * time.Second
	idleTimeout = 90 * time.Second
	// idleConnections are kept open to one Perses, so that as many concurrent calls find one ready.
	idleConnections = 128
)

// Server is one Perses, and the identity that this process has there, or that each caller brings. It is safe for
// concurrent use.
type Server struct {
	url         *common.URL
	pool        http.RoundTripper // of connections
	transport   http.RoundTripper // in the name of this process, over the pool
	passthrough bool              // then nothing goes through transport
	headers     map[string]string
	identified  bool
	remedy      string // what to do about an identity that Perses does not accept, or the lack of one
	trust       Trust
	// documents and data are the memory of what is read of Perses and of datasources. There are two, because a call keeps
	// the one to its end: with a single one it would wait for itself.
	documents, data *quota.Pool
	datasources     cache[[]Datasource] // see Datasources
	library         library
	recorder        *credentials.Recorder // masks the identity of this process in messages
	outage          outage
	// Projects limits what calls may read and change. It is set before the first call.
	Projects ProjectScope
	// OnRetry is told of each reading that is tried again: why, and after how long a wait. It is set before the first call.
	OnRetry func(ctx context.Context, why error, wait time.Duration)
	// OnOutdated is told once that Perses has known vulnerabilities, as soon as its version is known. It is set before the first call.
	OnOutdated func(warning string)
	warned     atomic.Bool
}

// Options say which Perses there is, and who acts in it.
type Options struct {
	// Perses is how Perses is reached: its URL, at most one identity, TLS and headers.
	Perses clientconfig.RestConfigClient
	// Session is the path of percli's file if the identity of Perses is the login in there, as FindSession has found it.
	Session string
	// NoSession is why percli's file is not used; "" if nobody needs to know.
	NoSession string
	// Passthrough lets each caller act with the credentials that WithCaller puts into the context of a call. Perses then
	// has no identity.
	Passthrough bool
	// Trust decides which datasources may be asked in the name of whoever acts.
	Trust Trust
	// Observers are put around the connections, and see every request that is sent with all that it carries, logins too.
	Observers []func(http.RoundTripper) http.RoundTripper
}

// Connect is Open for a process that acts with the identity of cfg.
func Connect(cfg clientconfig.RestConfigClient, trust Trust, observers ...func(http.RoundTripper) http.RoundTripper) (*Server, error) {
	return Open(Options{Perses: cfg, Trust: trust, Observers: observers})
}

// Open prepares the way to a Perses. It sends nothing: an unreachable Perses is the error of a call, not of the start.
func Open(o Options) (*Server, error) {
	cfg := o.Perses
	if cfg.URL == nil || cfg.URL.URL == nil {
		return nil, fmt.Errorf("the URL of Perses is missing")
	}
	if o.Passthrough && credentials.NamesUser(cfg) {
		return nil, fmt.Errorf("callers bring their own identities, so there must be none of this process")
	}
	tlsConfig, err := cfg.TLSConfig.BuildTLSConfig()
	if err != nil {
		return nil, fmt.Errorf("perses_server.tls_config: %w", err)
	}
	var pool http.RoundTripper = &http.Transport{
		Proxy:                 http.ProxyFromEnvironment,
		DialContext:           (&net.Dialer{Timeout: dialTimeout}).DialContext,
		TLSClientConfig:       tlsConfig,
		TLSHandshakeTimeout:   dialTimeout,
		ForceAttemptHTTP2:     true,
		MaxIdleConns:          idleConnections,
		MaxIdleConnsPerHost:   idleConnections,
		IdleConnTimeout:       idleTimeout,
		ExpectContinueTimeout: time.Second,
		// Perses is near; packing costs both sides more than it saves, and what is not
		// unpacked cannot grow past the limit on bodies.
		DisableCompression: true,
	}
	for _, observe := range o.Observers {
		pool = observe(pool)
	}
	recorder := &credentials.Recorder{Next: pool}
	if !o.Passthrough {
		pool = recorder
	}
	transport, remedy, err := credentials.NewTransport(pool, cfg, o.Session)
	if err != nil {
		return nil, err
	}
	switch {
	case o.Passthrough:
		remedy = fmt.Sprintf("Get a new one (`percli login %s` and `percli whoami --show-token`), and put it into the Authorization header in the settings of your host.", cfg.URL)
	case remedy == "":
		remedy = credentials.LoginRemedy(cfg.URL)
	}
	if o.NoSession != "" {
		remedy += " " + o.NoSession + "."
	}
	return &Server{
		url: cfg.URL, pool: pool, transport: transport, passthrough: o.Passthrough, headers: cfg.Headers,
		identified: o.Passthrough || credentials.HasIdentity(cfg), remedy: remedy, trust: o.Trust,
		documents: newPool(sharedDocuments), data: newPool(sharedData),
		datasources: cache[[]Datasource]{lifetime: datasourcesLifetime, max: maxDatasourcesSize},
		library:     library{cache: cache[Library]{lifetime: libraryLifetime, max: maxLibrarySize}, turns: make(chan struct{}, maxLists)},
		recorder:    recorder,
	}, nil
}

// ActsAs says in a few words who acts in Perses.
func (s *Server) ActsAs() string {
	switch {
	case s.passthrough:
		return "the caller"
	case s.identified:
		return "the identity of this server"
	}
	return "nobody: this server has no identity"
}

// Passthrough tells whether each call needs a caller, see WithCaller.
func (s *Server) Passthrough() bool { return s.passthrough }

// URL returns the address of Perses as it may be shown: without user and password.
func (s *Server) URL() string {
	shown := *s.url.URL
	shown.User = nil
	return shown.String()
}

// Message returns a message of a call with its secrets masked: those that mask.Message finds, and the credentials of the call.
func (s *Server) Message(ctx context.Context, text string) string { return s.recorder.Mask(ctx, text) }

// Client is Perses' own client for the duration of one call: whatever is sent through it ends when the
// call ends, carries the identity of the call, and reads no more than the limits allow.
type Client struct {
	api.ClientInterface
	*Server
	ctx context.Context
	// identity names who calls, so that nothing which is kept for one caller reaches another. It is empty where all
	// calls have the identity of the process.
	identity string
	bound    boundTransport
	// Work is what the call may still compute. All that works on documents and answers during the call spends from it.
	Work *work.Budget
}

// Context returns the context of the call that the client is bound to.
func (c *Client) Context() context.Context { return c.ctx }

// Client returns the client of the call whose context is ctx, which ends with the call. Callers share nothing but
// connections, and of each of them nothing is kept that is more than what Datasources and Library keep.
func (s *Server) Client(ctx context.Context) *Client {
	way, identity := s.transport, ""
	if s.passthrough {
		way, identity = credentials.CallerTransport(ctx, s.pool)
	}
	return s.client(&bodyQuota{ctx: ctx, pool: s.documents, limits: persesLimits}, identity, way, work.New(ctx, work.Max))
}

func (s *Server) client(read *bodyQuota, identity string, way http.RoundTripper, budget *work.Budget) *Client {
	ctx := read.ctx
	bound := boundTransport{ctx, scopedTransport{way, s.Projects, strings.TrimSuffix(s.url.Path, "/") + "/"}, read, s.wrote}
	rest := &perseshttp.RESTClient{BaseURL: s.url, Headers: s.headers, Client: &http.Client{Transport: bound}}
	return &Client{ClientInterface: api.NewWithClient(rest), Server: s, ctx: ctx, identity: identity, bound: bound, Work: budget}
}

// Apart returns a client for a part of the call, whose reading counts by itself. When the part is done, so must be what was
// read in it: a turn for what is large ends then, and not with the call. If the call itself has read something large, the
// part has only what is left of what one call may read.
func (c *Client) Apart() (part *Client, done context.CancelFunc) {
	read, done := c.bound.quota.part(c.ctx)
	return c.client(read, c.identity, c.bound.next, c.Work), done
}

// query makes url.Values what the client of Perses wants for a query.
type query url.Values

func (q query) GetValues() url.Values { return url.Values(q) }
