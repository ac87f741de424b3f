package mask

import "strings"

// Text masks the user part of URLs in a text of a document: everything between :// and the last @ before the path. It also finds
// percent-encoded URLs, such as the parameters of other URLs, and passwords with characters that are invalid in a URL.
func Text(text string) string { return new(urlScan).maskUsers(text) }

// urlScan looks for URLs in a text. It takes linear time for any text, because log lines have no other bound.
type urlScan struct {
	// message is set for messages. In a message, any @ in the same word ends a user part. So does the end of a word with a
	// password and no @, because the message may have been truncated. Messages are never written back into a document, so masking
	// too much does no harm. In a document, an @ in a path or a query does not end a user part.
	message bool
	// visits is the number of bytes looked at. Tests compare it with the length of the text.
	visits int
}

// maskUsers masks the user part of the URLs in a text.
func (u *urlScan) maskUsers(text string) string {
	s, found := u.nextSeparator(text, 0)
	if !found {
		return text
	}
	var masked strings.Builder
	done := 0
	for found {
		following, more := u.nextSeparator(text, s.end)
		end := len(text)
		if more && (u.message || s.mixed) {
			end = following.start // otherwise the slashes of the next separator end the authority
		}
		if s.end >= done { // otherwise it is part of a masked text
			if user := u.userEnd(text[s.end:end], s); user > 0 {
				masked.WriteString(text[done:s.end] + Secret)
				done = s.end + user
			}
		}
		s, found = following, more
	}
	return masked.String() + text[done:]
}

// hasMaskedUser reports whether a text contains a URL whose user part is masked.
func hasMaskedUser(text string) bool {
	var u urlScan
	for s, found := u.nextSeparator(text, 0); found; s, found = u.nextSeparator(text, s.end) {
		rest, masked := strings.CutPrefix(text[s.end:], Secret)
		if masked && u.lastAt(rest[:min(len(rest), len("%2540"))], s.encoded) == 0 {
			return true
		}
	}
	return false
}

// maxPassword is the maximum number of bytes searched for the @ after a password with characters that are invalid in a URL.
const maxPassword = 200

// userEnd returns the length of the user part at the beginning of a text that follows a separator, or 0 or less if there is none.
func (u *urlScan) userEnd(text string, s separator) int {
	ends := &endsURL
	if u.message {
		ends = &endsWord
	}
	authority := text[:u.authorityEnd(text, ends, s.encoded && !s.mixed)]
	at := u.lastAt(authority, s.encoded)
	odd := at <= 0 && u.hasPassword(authority)
	switch {
	case odd:
		text = text[:min(len(text), len(authority)+maxPassword)]
		if u.visits += len(text); !u.message && !strings.Contains(text, "@") && !strings.Contains(text, "40") {
			return 0
		}
	case !u.message:
		return at
	}
	word := u.before(text, ends)
	if at = u.lastAt(word, s.encoded); at > 0 || !u.message || !odd {
		return at
	}
	u.visits += len(text)
	line, _, _ := strings.Cut(text, "\n")
	if at = strings.IndexByte(line, '@'); at > 0 {
		return at
	}
	return len(word)
}

// endsWord and endsURL are the bytes that end a word of a message and a URL in a document.
var endsWord, endsURL = characters(" \t\r\n\v\f"), characters(" \t\r\n\v\f\"")

func characters(ascii string) (set [256]bool) {
	for _, c := range []byte(ascii) {
		set[c] = true
	}
	return set
}

// before returns the text before the first byte of a set.
func (u *urlScan) before(text string, set *[256]bool) string {
	for i := range len(text) {
		if set[text[i]] {
			u.visits += i
			return text[:i]
		}
	}
	u.visits += len(text)
	return text
}

// authorityEnd returns the end of the authority (user, host and port) at the beginning of a text.
func (u *urlScan) authorityEnd(text string, ends *[256]bool, encoded bool) int {
	for i := range len(text) {
		switch c := text[i]; {
		case c == '/', c == '?', c == '#', ends[c]:
			u.visits += i
			return i
		case c != '%' || !encoded:
		case u.encodedLength(text[i:], "2f") > 0, u.encodedLength(text[i:], "3f") > 0, u.encodedLength(text[i:], "23") > 0:
			u.visits += i
			return i
		}
	}
	u.visits += len(text)
	return len(text)
}

// hasPassword reports whether the authority of a URL cannot be a host and a port, so that it must be a user and a password. A
// variable can be a port.
func (u *urlScan) hasPassword(authority string) bool {
	u.visits += len(authority)
	if strings.HasPrefix(authority, "[") { // an IPv6 address
		_, authority, _ = strings.Cut(authority, "]")
	}
	_, port, found := strings.Cut(authority, ":")
	port = strings.TrimRight(port, `"'.,;:)]}`+"`\\")
	return found && port != "" && strings.IndexByte("${<[", port[0]) < 0 && strings.ContainsFunc(port, func(r rune) bool { return r < '0' || r > '9' })
}

// lastAt returns the index of the last @, or 0 or less if there is none or it comes first.
func (u *urlScan) lastAt(text string, encoded bool) int {
	u.visits += len(text)
	last := strings.LastIndexByte(text, '@')
	if strings.Contains(text, `\u0040`) { // much faster than LastIndex
		last = max(last, strings.LastIndex(text, `\u0040`))
	}
	if !encoded || !strings.Contains(text, "40") {
		return last
	}
	for end := len(text); ; {
		i := strings.LastIndex(text[:end], "40")
		u.visits += end - max(i, 0)
		if i < 0 || i < last {
			return last
		}
		at := i
		for strings.HasSuffix(text[:at], "25") {
			at -= len("25")
		}
		u.visits += i - at
		if strings.HasSuffix(text[:at], "%") {
			return at - 1
		}
		end = i
	}
}

// separator is the :// of a URL: plain, with escaped slashes, or percent-encoded any number of times.
type separator struct {
	start, end int
	// encoded is set if part of it is percent-encoded, and mixed if the colon is plain nevertheless. After a mixed separator, an
	// encoded slash may be part of a password, so it does not end the authority.
	encoded, mixed bool
}

// nextSeparator returns the first separator at or after an index.
func (u *urlScan) nextSeparator(text string, from int) (s separator, found bool) {
	for i := from; i < len(text); i++ {
		u.visits++
		length := 1
		plain := text[i] == ':'
		if !plain {
			if length = u.encodedLength(text[i:], "3a"); length == 0 {
				continue
			}
		}
		if after, encoded, ok := u.slashes(text[i+length:]); ok {
			return separator{start: i, end: i + length + after, encoded: encoded || !plain, mixed: encoded && plain}, true
		}
	}
	return separator{}, false
}

// slashes returns the length of the two slashes at the beginning of a text.
func (u *urlScan) slashes(text string) (length int, encoded, ok bool) {
	for range 2 {
		rest := strings.TrimLeft(text[length:], `\`)
		u.visits += len(text) - length - len(rest)
		switch n := u.encodedLength(rest, "2f"); {
		case n > 0:
			length = len(text) - len(rest) + n
			encoded = true
		case strings.HasPrefix(rest, "/"):
			length = len(text) - len(rest) + 1
		default:
			return 0, false, false
		}
	}
	return length, encoded, true
}

// encodedLength returns the length of the percent-encoded character with this code at the beginning of a text, or 0.
func (u *urlScan) encodedLength(text, code string) int {
	rest, ok := strings.CutPrefix(text, "%")
	if !ok {
		return 0
	}
	for strings.HasPrefix(rest, "25") {
		rest = rest[len("25"):]
	}
	u.visits += len(text) - len(rest)
	if len(rest) < len(code) || !strings.EqualFold(rest[:len(code)], code) {
		return 0
	}
	return len(text) - len(rest) + len(code)
}
