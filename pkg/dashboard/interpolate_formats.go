package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// interpolations are the formats of variable values, by name.
var interpolations = map[string]func(values []string, name string) string{
	"csv":           func(values []string, _ string) string { return strings.Join(values, ",") },
	"raw":           func(values []string, _ string) string { return strings.Join(values, ",") },
	"distributed":   distributed,
	"doublequote":   func(values []string, _ string) string { return eachAs(`"%s"`, values, ",") },
	"glob":          func(values []string, _ string) string { return "{" + strings.Join(values, ",") + "}" },
	"json":          func(values []string, _ string) string { return jsonList(values) },
	"lucene":        func(values []string, _ string) string { return "(" + eachAs(`"%s"`, values, " OR ") + ")" },
	"percentencode": func(values []string, _ string) string { return percentEncode(strings.Join(values, ",")) },
	"pipe":          func(values []string, _ string) string { return strings.Join(values, "|") },
	"prometheus":    func(values []string, _ string) string { return "(" + strings.Join(values, "|") + ")" },
	"regex":         func(values []string, _ string) string { return escaped(values, `\`) },
	"regexliteral":  func(values []string, _ string) string { return escaped(values, `\\`) },
	"singlequote":   func(values []string, _ string) string { return eachAs(`'%s'`, values, ",") },
	"sqlstring": func(values []string, _ string) string {
		return mapped(values, ",", func(v string) string { return "'" + strings.ReplaceAll(v, "'", "''") + "'" })
	},
	"text": func(values []string, _ string) string { return strings.Join(values, " + ") },
	"queryparam": func(values []string, name string) string {
		return mapped(values, "&", func(v string) string { return name + "=" + percentEncode(v) })
	},
}

// mapped formats each value and joins them.
func mapped(values []string, separator string, write func(string) string) string {
	written := make([]string, len(values))
	for i, v := range values {
		written[i] = write(v)
	}
	return strings.Join(written, separator)
}

// eachAs is mapped for a format string with one %s.
func eachAs(format string, values []string, separator string) string {
	return mapped(values, separator, func(v string) string { return fmt.Sprintf(format, v) })
}

// distributed returns a,name=b,name=c.
func distributed(values []string, name string) string { return strings.Join(values, ","+name+"=") }

// special matches the special characters of regular expressions.
var special = regexp.MustCompile(`[-/\\^$*+?.()|\[\]{}]`)

// escaped returns a regular expression that matches any of the values, with escape before each special character.
func escaped(values []string, escape string) string {
	return "(" + mapped(values, "|", func(v string) string {
		return special.ReplaceAllStringFunc(v, func(c string) string { return escape + c })
	}) + ")"
}

// jsonList returns a JSON list, in which values that are JSON are not quoted.
func jsonList(values []string) string {
	return "[" + mapped(values, ",", func(v string) string {
		var b bytes.Buffer
		if json.Compact(&b, []byte(v)) == nil && b.Len() > 0 {
			return b.String()
		}
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(v) // strings always encode
		return strings.TrimSuffix(b.String(), "\n")
	}) + "]"
}

// percentEncode is JavaScript's encodeURIComponent, which differs from net/url in the characters that it leaves unescaped.
func percentEncode(text string) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("-_.!~*'()", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}
