package dashboard

import (
	"net/url"
	"strings"
)

// OriginOf returns the scheme, host and port of a URL, which are equal for URLs of the same server. It returns other texts
// unchanged.
func OriginOf(address string) string {
	u, err := url.Parse(strings.TrimSpace(address))
	if err != nil || u.Host == "" {
		return address
	}
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return u.Scheme + "://" + strings.ToLower(u.Hostname()) + ":" + port
}
