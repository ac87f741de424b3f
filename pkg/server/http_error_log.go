package server

import (
	"log/slog"
	"strings"
	"sync"
	"time"

	exporterweb "github.com/prometheus/exporter-toolkit/web"
)

// minCheckInterval is the minimum time between two checks of the web config file.
const minCheckInterval = time.Minute

// httpErrorLog is the error log of the http.Server. It logs errors at debug level, because anybody who can connect can cause them.
// When TLS handshakes fail, it also checks the web config file: if the file or one of its certificates has become unusable, the
// failed handshakes are the only sign.
type httpErrorLog struct {
	logger        *slog.Logger
	webConfigFile string // or ""

	mu      sync.Mutex
	checked time.Time
}

func (l *httpErrorLog) Write(line []byte) (int, error) {
	text := strings.TrimSpace(string(line))
	l.logger.Debug(text)
	if l.webConfigFile != "" && strings.Contains(text, "TLS handshake error") && l.isCheckDue() && exporterweb.Validate(l.webConfigFile) != nil {
		// The error of Validate may contain values from the file. At startup, pkg/config reports it without them.
		l.logger.Warn("no connections are accepted: the web config file, or a file that it names, is no longer usable", "file", l.webConfigFile)
	}
	return len(line), nil
}

func (l *httpErrorLog) isCheckDue() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if time.Since(l.checked) < minCheckInterval {
		return false
	}
	l.checked = time.Now()
	return true
}
