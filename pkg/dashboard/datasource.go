package dashboard

import (
	"net/url"
	"strings"
)

// OriginOf returns the scheme, the host and the port of a URL, by which two are of one server or not; what is none as it is.
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
