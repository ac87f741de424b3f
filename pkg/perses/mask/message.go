package mask

import (
	"encoding/base64"
	"regexp"
	"strings"
	"sync"
)

// credentialPatterns match credentials in messages.
type credentialPatterns struct {
	header   *regexp.Regexp // the value of an Authorization header, in the syntax of HTTP, JSON or Go
	cookie   *regexp.Regexp // the value of a Cookie header, likewise
	scheme   *regexp.Regexp // the scheme of an Authorization header and the next word, which may be credentials
	jwt      *regexp.Regexp // a JSON Web Token
	bareUser *regexp.Regexp // a user and a password in an address without a scheme
}

var credentials = sync.OnceValue(func() credentialPatterns {
	return credentialPatterns{
		header:   regexp.MustCompile(`(?i)(authorization\\?["']?\s*[:=]\s*[\[\\"']*)(?:(?:(?:bearer|basic|digest|token|apikey|negotiate)\s+[^\s"'\\\],;]+)|[^\s"'\\\],;]+(["'\\\],;]|$))`),
		cookie:   regexp.MustCompile(`(?i)(cookie\\?["']?\s*[:=]\s*[\[\\"']*)[^\s"'\\\],=]+=[^"'\\\]\r\n]*`),
		scheme:   regexp.MustCompile(`(?i)\b(bearer|basic)\s+([A-Za-z0-9._~+/-]{4,}=*)`),
		jwt:      regexp.MustCompile(`\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?`),
		bareUser: regexp.MustCompile(`(^|[\s"'(=,/\\])([\w.+%-]+:[^\s@]+)@((?:\d{1,3}\.){3}\d{1,3}|[A-Za-z0-9.-]*\.[A-Za-z][A-Za-z0-9-]+|localhost\b|\[)`),
	}
})

// Message masks the secrets in an error, a log line or a progress message: the user part of URLs, and credentials in the form of
// HTTP headers. When in doubt it masks.
func Message(text string) string {
	text = (&urlScan{message: true}).maskUsers(text)
	if strings.IndexByte(text, '@') >= 0 {
		text = credentials().bareUser.ReplaceAllStringFunc(text, func(found string) string {
			part := credentials().bareUser.FindStringSubmatch(found)
			if user, password, _ := strings.Cut(part[2], ":"); strings.EqualFold(user, "mailto") || strings.HasPrefix(strings.TrimLeft(password, `\`), "/") {
				return found // an email address, or a URL, which maskUsers has handled
			}
			return part[1] + Secret + "@" + part[3]
		})
	}
	lower := strings.ToLower(text)
	if strings.Contains(lower, "authorization") {
		text = credentials().header.ReplaceAllString(text, "${1}"+Secret+"${2}")
	}
	if strings.Contains(lower, "cookie") {
		text = credentials().cookie.ReplaceAllString(text, "${1}"+Secret)
	}
	if strings.Contains(lower, "bearer") || strings.Contains(lower, "basic") {
		text = credentials().scheme.ReplaceAllStringFunc(text, func(found string) string {
			part := credentials().scheme.FindStringSubmatch(found)
			if !isCredential(part[1], part[2]) {
				return found
			}
			return strings.TrimSuffix(found, part[2]) + Secret
		})
	}
	if strings.Contains(text, "eyJ") {
		text = credentials().jwt.ReplaceAllString(text, Secret)
	}
	return text
}

// isCredential reports whether the word after the name of a scheme is a credential, and not part of a sentence ("Basic auth").
func isCredential(scheme, word string) bool {
	if strings.EqualFold(scheme, "basic") {
		word = strings.TrimRight(word, "=")
		decoded, err := base64.RawStdEncoding.DecodeString(word[:len(word)/4*4]) // its end may be cut off
		return err == nil && strings.Contains(string(decoded), ":")
	}
	const longWord = 20
	return len(word) >= longWord || strings.ContainsAny(strings.TrimRight(word, "."), "0123456789._~+/=-") || strings.ToLower(word[1:]) != word[1:]
}
