package dashboard

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
)

// interpolations are the ways to write the values of a variable, by the names that texts ask for them with.
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

// mapped writes each of the values and puts a separator between them.
func mapped(values []string, separator string, write func(string) string) string {
	written := make([]string, len(values))
	for i, v := range values {
		written[i] = write(v)
	}
	return strings.Join(written, separator)
}

// eachAs is mapped for a format with one %s.
func eachAs(format string, values []string, separator string) string {
	return mapped(values, separator, func(v string) string { return fmt.Sprintf(format, v) })
}

// distributed writes a,name=b,name=c.
func distributed(values []string, name string) string { return strings.Join(values, ","+name+"=") }

// special are the characters that mean something in a regular expression.
var special = regexp.MustCompile(`[-/\\^$*+?.()|\[\]{}]`)

// escaped writes an alternative of texts, with an escape before each special character.
func escaped(values []string, escape string) string {
	return "(" + mapped(values, "|", func(v string) string {
		return special.ReplaceAllStringFunc(v, func(c string) string { return escape + c })
	}) + ")"
}

// jsonList writes a list in JSON, with values that are JSON themselves as what they are.
func jsonList(values []string) string {
	return "[" + mapped(values, ",", func(v string) string {
		var b bytes.Buffer
		if json.Compact(&b, []byte(v)) == nil && b.Len() > 0 {
			return b.String()
		}
		encoder := json.NewEncoder(&b)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(v) // a string always has a form in JSON
		return strings.TrimSuffix(b.String(), "\n")
	}) + "]"
}

// percentEncode is JavaScript's encodeURIComponent, which leaves other characters as they are than Go's net/url.
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
