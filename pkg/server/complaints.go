package server

import (
	"log/slog"
	"strings"
	"sync"
	"time"

	exporterweb "github.com/prometheus/exporter-toolkit/web"
)

// complaintsEvery is how often the web config file is looked at, at the most, because connections fail.
const complaintsEvery = time.Minute

// complaints is what net/http writes to its log. Most of it is what anybody can cause who reaches the port, and is for the
// level debug. But when the web config file, or a certificate that it names, cannot be used any more, that is all that
// tells: every connection fails in its handshake.
type complaints struct {
	logger *slog.Logger
	file   string // the web config file; empty without one

	mu     sync.Mutex
	looked time.Time
}

func (c *complaints) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	c.logger.Debug(text)
	if c.file != "" && strings.Contains(text, "TLS handshake error") && c.look() && exporterweb.Validate(c.file) != nil {
		// Not why: that may have values of the file in it. A start says it without them.
		c.logger.Warn("no connections are accepted: the web config file, or what it names, cannot be used any more", "file", c.file)
	}
	return len(line), nil
}

// look tells whether it is time to look at the file.
func (c *complaints) look() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if time.Since(c.looked) < complaintsEvery {
		return false
	}
	c.looked = time.Now()
	return true
}
