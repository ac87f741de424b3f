package mask

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// hasFreeKeys reports whether people choose the keys of a map: the headers of a proxy, or the parameters of a token's URL.
func hasFreeKeys(s step) bool { return string(s.key) == "headers" || string(s.key) == "endpointParams" }

// IsSecretHeader reports whether an HTTP header of this name probably holds a secret. When in doubt it says yes: masking too
// much costs less than showing a secret.
func IsSecretHeader(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"auth", "cookie", "token", "key", "secret", "password", "jwt", "session", "credential"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// IsSecretField reports whether Document masks the value at a path of keys and indexes, as CUE writes it:
// spec.proxy.spec.headers.Authorization.
func IsSecretField(path string) bool {
	var last step
	for name := range strings.SplitSeq(strings.ReplaceAll(path, `"`, ""), ".") {
		_, err := strconv.Atoi(name)
		if last = last.below(err == nil); !last.list {
			last.rename([]byte(name))
		}
	}
	return last.secret
}

// secretParts are parts of the names of secrets, in lower case and without the characters that separate words.
var secretParts = []string{"authorization", "password", "passwd", "passphrase", "credential", "apikey", "accesskey", "secretkey", "privatekey", "clientsecret"}

// isSecretName reports whether a value under this key is a secret. The "secret" of a datasource is not one: it is the name of a
// Secret document. Paths of files and the URL of a token endpoint are not secrets either.
func isSecretName(name []byte) bool {
	var short [64]byte // avoids an allocation for most names
	letters := short[:0]
	for i, c := range name {
		switch {
		case c >= utf8.RuneSelf: // an upper case letter of another script can have an ASCII letter as its lower case
			letters = append(letters, bytes.ToLower(name[i:])...)
			letters = slices.DeleteFunc(letters, separatesWords)
			return isSecretWord(letters)
		case 'A' <= c && c <= 'Z':
			letters = append(letters, c+'a'-'A')
		case !separatesWords(c):
			letters = append(letters, c)
		}
	}
	return isSecretWord(letters)
}

func separatesWords(c byte) bool { return c == '-' || c == '_' || c == ' ' || c == '.' }

// isSecretWord is isSecretName for a name in lower case without the characters that separate words.
func isSecretWord(letters []byte) bool {
	if bytes.HasSuffix(letters, []byte("file")) || bytes.HasSuffix(letters, []byte("url")) {
		return false
	}
	for _, part := range secretParts {
		if len(letters) >= len(part) && bytes.Contains(letters, []byte(part)) {
			return true
		}
	}
	return bytes.HasSuffix(letters, []byte("token")) || bytes.HasSuffix(letters, []byte("cookie"))
}
