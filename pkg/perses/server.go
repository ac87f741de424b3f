// Package perses sends requests to Perses through Perses' own Go client, bound to a single call.
//
// A Server is made once, from the configuration. It makes a Client for every call, which applies the context, the credentials and the
// limits of the call to each request. Documents for models pass through package mask, and names from models through CheckName.
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

// Server is a Perses, with the identity of this process or of each caller. It is safe for concurrent use.
type Server struct {
	url         *common.URL
	pool        http.RoundTripper // of connections
	transport   http.RoundTripper // in the name of this process, over the pool
	passthrough bool              // then nothing goes through transport
	headers     map[string]string
	identified  bool
	remedy      string // what to do about an identity that Perses does not accept, or the lack of one
	trust       Trust
	// documents and data are the shared memory for responses of Perses and of datasources. A call holds documents until it ends,
	// so with a single pool it would wait for itself.
	documents, data *quota.Pool
	datasources     cache[[]Datasource] // see Datasources
	library         library
	recorder        *credentials.Recorder // masks the identity of this process in messages
	outage          outage
	// Projects limits what calls may read and change. It is set before the first call.
	Projects ProjectScope
	// OnRetry is called before each retry with its reason and the wait. It is set before the first call.
	OnRetry func(ctx context.Context, why error, wait time.Duration)
	// OnOutdated is called once if the version of Perses has known vulnerabilities. It is set before the first call.
	OnOutdated func(warning string)
	warned     atomic.Bool
}

// Options configure the connection to a Perses and its identity.
type Options struct {
	// Perses is how Perses is reached: its URL, at most one identity, TLS and headers.
	Perses clientconfig.RestConfigClient
	// Session is the path of percli's file if the identity is its login, as credentials.FindSession found it.
	Session string
	// NoSession is why percli's file is not used; "" if that needs no mention.
	NoSession string
	// Passthrough makes each call use the credentials that credentials.WithCaller put into its context. Perses must then have no
	// identity.
	Passthrough bool
	// Trust lists the datasources that may be queried with the credentials of the call.
	Trust Trust
	// Observers wrap the connections. They see every request with its credentials, including logins.
	Observers []func(http.RoundTripper) http.RoundTripper
}

// Connect is Open for a process that acts with the identity of cfg.
func Connect(cfg clientconfig.RestConfigClient, trust Trust, observers ...func(http.RoundTripper) http.RoundTripper) (*Server, error) {
	return Open(Options{Perses: cfg, Trust: trust, Observers: observers})
}

// Open returns a Server. It sends nothing, so an unreachable Perses is an error of a call and not of the start.
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
		// Perses is near, so compression costs more than it saves. Uncompressed bodies cannot grow past their limit.
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

// ActsAs describes the identity of calls in a few words.
func (s *Server) ActsAs() string {
	switch {
	case s.passthrough:
		return "the caller"
	case s.identified:
		return "the identity of this server"
	}
	return "nobody: this server has no identity"
}

// Passthrough reports whether each call needs a caller (see credentials.WithCaller).
func (s *Server) Passthrough() bool { return s.passthrough }

// URL returns the URL of Perses without user and password.
func (s *Server) URL() string {
	shown := *s.url.URL
	shown.User = nil
	return shown.String()
}

// Message returns a message of a call with its secrets masked: those that mask.Message finds, and the credentials of the call.
func (s *Server) Message(ctx context.Context, text string) string { return s.recorder.Mask(ctx, text) }

// Client is Perses' own client for one call. Its requests end with the call, carry the identity of the call, and read no more than
// the limits allow.
type Client struct {
	api.ClientInterface
	*Server
	ctx context.Context
	// identity separates the cache entries of callers. It is empty if all calls have the identity of the process.
	identity string
	bound    boundTransport
	// Work is the budget of the call. All work on documents and answers spends from it.
	Work *work.Budget
}

// Context returns the context of the call that the client is bound to.
func (c *Client) Context() context.Context { return c.ctx }

// Client returns the client of a call. ctx ends with the call. Callers share only connections; only Datasources and Library cache
// anything for them.
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

// Apart returns a client for a part of the call with a separate quota for responses. done releases its memory, so the responses must
// not be used afterwards. If the call itself has read a large response, the part is limited to what remains.
func (c *Client) Apart() (part *Client, done context.CancelFunc) {
	read, done := c.bound.quota.part(c.ctx)
	return c.client(read, c.identity, c.bound.next, c.Work), done
}

// query adapts url.Values to the interface of Perses' client.
type query url.Values

func (q query) GetValues() url.Values { return url.Values(q) }
