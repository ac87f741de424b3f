package perses

import "strings"

// MaskText masks the user part of the URLs in a text of a document: from the :// to the last @ before the path. It also finds URLs
// that are percent-encoded, as the parameters of others are, and passwords with characters that a URL must not have.
func MaskText(text string) string { return maskUsers(text, false) }

// maskUsers masks the user part of the URLs in a text. In a message any @ in the same word counts as the end of a user part,
// and so does the end of a word that has a password and no @, since a message may have been cut: nobody writes a
// message back into a document, so it may mask too much. In other texts an @ in a path or a query is none of a user part.
func maskUsers(text string, message bool) string {
	s, found := nextSeparator(text, 0)
	if !found {
		return text
	}
	var masked strings.Builder
	done := 0
	for found {
		following, more := nextSeparator(text, s.end)
		end := len(text)
		if more && message {
			end = following.start
		}
		if s.end >= done { // else it is within what is masked
			if user := userEnd(text[s.end:end], s.encoded, message); user > 0 {
				masked.WriteString(text[done:s.end] + Mask)
				done = s.end + user
			}
		}
		s, found = following, more
	}
	return masked.String() + text[done:]
}

// hasMaskedUser reports whether the mask stands in the place of the user part of a URL in a text.
func hasMaskedUser(text string) bool {
	for s, found := nextSeparator(text, 0); found; s, found = nextSeparator(text, s.end) {
		rest, masked := strings.CutPrefix(text[s.end:], Mask)
		if masked && lastAt(rest[:min(len(rest), len("%2540"))], s.encoded) == 0 {
			return true
		}
	}
	return false
}

// maxPassword is how many bytes are searched for the @ after a password with characters that a URL must not have.
const maxPassword = 200

// userEnd returns where the user part at the begin of a text ends, 0 or less if there is none.
func userEnd(text string, encoded, message bool) int {
	ends := " \t\r\n\v\f\"" // of a URL
	if message {
		ends = " \t\r\n\v\f"
	}
	authority := text[:authorityEnd(text, ends, encoded)]
	at := lastAt(authority, encoded)
	odd := at <= 0 && hasPassword(authority)
	switch {
	case odd:
		if text = text[:min(len(text), len(authority)+maxPassword)]; !message && !strings.Contains(text, "@") && !strings.Contains(text, "40") {
			return 0
		}
	case !message:
		return at
	}
	word := before(text, ends)
	if at = lastAt(word, encoded); at > 0 || !message || !odd {
		return at
	}
	if at = strings.IndexByte(before(text, "\n"), '@'); at > 0 {
		return at
	}
	return len(word)
}

// before returns a text up to the first of some characters of ASCII.
func before(text, characters string) string {
	for i := range len(text) {
		if strings.IndexByte(characters, text[i]) >= 0 {
			return text[:i]
		}
	}
	return text
}

// authorityEnd returns where the host and port of a URL end, of which text begins with the user part.
func authorityEnd(text, ends string, encoded bool) int {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '/', c == '?', c == '#', strings.IndexByte(ends, c) >= 0:
			return i
		case c != '%' || !encoded:
		case encodedLength(text[i:], "2f") > 0, encodedLength(text[i:], "3f") > 0, encodedLength(text[i:], "23") > 0:
			return i
		}
	}
	return len(text)
}

// hasPassword reports whether what stands before the path of a URL cannot be a host and a port: then it is a user and a
// password. A port that is a variable is a port.
func hasPassword(authority string) bool {
	if strings.HasPrefix(authority, "[") { // an IPv6 address
		_, authority, _ = strings.Cut(authority, "]")
	}
	_, port, found := strings.Cut(authority, ":")
	port = strings.TrimRight(port, `"'.,;:)]}`+"`\\")
	return found && port != "" && strings.IndexByte("${<[", port[0]) < 0 && strings.ContainsFunc(port, func(r rune) bool { return r < '0' || r > '9' })
}

// lastAt returns the index of the last @, 0 or less if there is none or nothing before it.
func lastAt(text string, encoded bool) int {
	last := max(strings.LastIndexByte(text, '@'), strings.LastIndex(text, `\u0040`))
	if !encoded {
		return last
	}
	for end := len(text); ; {
		i := strings.LastIndex(text[:end], "40")
		if i < 0 || i < last {
			return last
		}
		at := i
		for strings.HasSuffix(text[:at], "25") {
			at -= len("25")
		}
		if strings.HasSuffix(text[:at], "%") {
			return at - 1
		}
		end = i
	}
}

// separator is what stands between the scheme and the user part of a URL: ://, plain, with the slashes escaped, or
// percent-encoded any number of times.
type separator struct {
	start, end int
	encoded    bool
}

// nextSeparator returns the first separator in a text from an index on.
func nextSeparator(text string, from int) (s separator, found bool) {
	for i := from; i < len(text); i++ {
		length := encodedLength(text[i:], "3a")
		encoded := length > 0
		if text[i] == ':' {
			length = 1
		}
		if length == 0 {
			continue
		}
		if behind, ok := slashes(text[i+length:]); ok {
			return separator{i, i + length + behind, encoded}, true
		}
	}
	return separator{}, false
}

// slashes returns the length of the two slashes that a text begins with.
func slashes(text string) (length int, ok bool) {
	for range 2 {
		rest := strings.TrimLeft(text[length:], `\`)
		switch n := encodedLength(rest, "2f"); {
		case n > 0:
			length = len(text) - len(rest) + n
		case strings.HasPrefix(rest, "/"):
			length = len(text) - len(rest) + 1
		default:
			return 0, false
		}
	}
	return length, true
}

// encodedLength returns the length of the percent-encoded character of a code that a text begins with, 0 if it begins with
// another.
func encodedLength(text, code string) int {
	rest, ok := strings.CutPrefix(text, "%")
	if !ok {
		return 0
	}
	for strings.HasPrefix(rest, "25") {
		rest = rest[len("25"):]
	}
	if len(rest) < len(code) || !strings.EqualFold(rest[:len(code)], code) {
		return 0
	}
	return len(text) - len(rest) + len(code)
}
