package perses

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"

	modelv1 "github.com/perses/perses/pkg/model/api/v1"

	"github.com/perses/mcp-server/pkg/nearest"
	"github.com/perses/mcp-server/pkg/perses/credentials"
	"github.com/perses/mcp-server/pkg/perses/problem"
)

// Explain puts a failure into the words that a model or a person acts on: what failed, with its kind,
// project and name; why, in Perses' words where it gave some; and the smallest next step. doing is a verb,
// such as "get" or "create". It is the one place where errors of Perses become words.
func (c *Client) Explain(doing string, r Ref, err error) error {
	if err == nil {
		return nil
	}
	reason := c.reason(r, err)
	if doing != "get" && doing != "list" && doing != "ask" && unknownOutcome(err) {
		reason += " Whether Perses has done it is unknown: get it before you try again."
	}
	return errors.New(c.Message(c.ctx, fmt.Sprintf("cannot %s %s: %s", doing, r, reason)))
}

func (c *Client) reason(r Ref, err error) string {
	var status *problem.Error
	var network *net.OpError
	var dns *net.DNSError
	var outOfScope *OutOfScopeError
	switch {
	case errors.As(err, &outOfScope):
		return outOfScope.Error() + "."
	case errors.Is(err, context.Canceled):
		return "the call was cancelled."
	case errors.Is(err, context.DeadlineExceeded):
		return fmt.Sprintf("Perses at %s did not answer in time (the limit is set with --timeout).", c.URL())
	case errors.Is(err, credentials.ErrNoCaller):
		return credentials.ErrNoCaller.Error() + "."
	case errors.As(err, &status):
		return c.refusal(r, status)
	case errors.As(err, &dns), errors.As(err, &network) && network.Op == "dial":
		tried := "" // says that there is no use in trying again at once
		if lasts := c.outage.lasts(time.Now()).Round(time.Second); lasts > 0 {
			tried = fmt.Sprintf(", tried for %s", lasts)
		}
		return fmt.Sprintf("Perses at %s cannot be reached (%s%s). Is it running, and is --perses-server-url right?", c.URL(), problem.Cause(err), tried)
	case brokenOff(err):
		return fmt.Sprintf("the connection to Perses at %s broke off (%s).", c.URL(), problem.Cause(err))
	case isGarbage(err):
		return fmt.Sprintf("the answer of %s is not what its client understands (%s). Is --perses-server-url the address of Perses itself?", c.URL(), innermost(err))
	}
	return strings.TrimSuffix(problem.Cause(err).Error(), ".") + "." // it may be whole sentences
}

// refusal says why Perses answered with e.
func (c *Client) refusal(r Ref, e *problem.Error) string {
	switch {
	case e.Status < http.StatusMultipleChoices:
		return fmt.Sprintf("%s answered with %s. Is --perses-server-url the address of Perses itself?", c.URL(), e.Message)
	case e.Status < http.StatusBadRequest:
		return fmt.Sprintf("%s redirects to %s, and credentials do not follow a redirect. If that is your Perses, set --perses-server-url to it.", c.URL(), e.Location)
	case e.Status == http.StatusUnauthorized && !c.identified:
		return "Perses wants a login and this server has none. " + c.remedy
	case e.Status == http.StatusUnauthorized && c.passthrough:
		return fmt.Sprintf("Perses does not accept the credentials that came with this call (%s): they have ended, or are not of this Perses. %s", e.Message, c.remedy)
	case e.Status == http.StatusUnauthorized:
		return fmt.Sprintf("Perses does not accept the credentials of this server (%s); they may have expired. %s", e.Message, c.remedy)
	case e.Status == http.StatusForbidden:
		return fmt.Sprintf("the caller lacks the right: %s. An administrator of Perses can grant it with a role and its binding.", strings.TrimPrefix(e.Message, "forbidden access: "))
	case e.Status == http.StatusNotFound || e.Status == http.StatusBadRequest && strings.HasPrefix(e.Message, "metadata.project ") && strings.HasSuffix(e.Message, "doesn't exist"):
		return c.missing(r)
	case e.Status == http.StatusConflict:
		return "it exists already. Choose another name, or replace it with perses_apply_resource."
	case e.Status >= http.StatusInternalServerError:
		return fmt.Sprintf("Perses failed on it (%s).%s", e, nullHint(r, e))
	}
	return e.Message + "." + c.nearestPlugins(r, e.Message)
}

// nullHint is the sentence that names the usual cause of a failure that Perses does not explain.
func nullHint(r Ref, e *problem.Error) string {
	if e.Message != http.StatusText(e.Status) || r.Name == "" {
		return ""
	}
	return " In a document, null where an object belongs does that, and an item of a Grid without its content."
}

var unknownPlugin = regexp.MustCompile(`there is no plugin ([^\s;,]+)`)

// nearestPlugins is the sentence that names the plugins which one that Perses does not have may have been
// meant for; for a datasource or a variable only those that it can be.
func (c *Client) nearestPlugins(r Ref, message string) string {
	unknown := unknownPlugin.FindStringSubmatch(message)
	if unknown == nil {
		return ""
	}
	plugins, err := c.Plugins()
	if err != nil {
		return ""
	}
	wanted := strings.TrimPrefix(string(r.Kind), "Global")
	var names []string
	for _, p := range plugins {
		if wanted != "Datasource" && wanted != "Variable" || p.Kind == wanted {
			names = append(names, p.Name)
		}
	}
	if near := nearest.Names(unknown[1], names); len(near) > 0 {
		return fmt.Sprintf(" Nearest plugins: %s.", strings.Join(near, ", "))
	}
	return " perses_list_plugins has the plugins of this Perses."
}

// missing says what there is instead of the document that does not exist. It asks Perses, with the rights
// of the call; what it may not see it does not mention.
func (c *Client) missing(r Ref) string {
	if r.Project != "" && !modelv1.IsGlobal(r.Kind) {
		projects, err := c.Names(Ref{Kind: modelv1.KindProject}, "")
		if err == nil && !slices.ContainsFunc(projects, func(p string) bool { return strings.EqualFold(p, r.Project) }) {
			return fmt.Sprintf("project %q does not exist.%s", r.Project, orNearest(r.Project, projects))
		}
	}
	names, err := c.Names(r, "")
	if problem.IsMissing(err) && CanBeOff(r.Kind) {
		return fmt.Sprintf("this Perses has no %s: the feature is switched off there (roles and bindings need its native authorization, ephemeral dashboards their own switch).", modelv1.PluralKindMap[r.Kind])
	}
	if problem.IsMissing(err) {
		return fmt.Sprintf("nothing at %s answers as Perses does. Is --perses-server-url right?", c.URL())
	}
	if err != nil {
		return "it does not exist."
	}
	return "it does not exist." + orNearest(r.Name, names)
}

// orNearest is the sentence that names what may have been meant, or how much there is to choose from.
func orNearest(name string, known []string) string {
	if near := nearest.Names(name, known); len(near) > 0 {
		return fmt.Sprintf(" Nearest names: %s.", strings.Join(near, ", "))
	}
	switch {
	case len(known) == 0:
		return " There are none yet."
	case len(known) <= 5:
		return fmt.Sprintf(" There are: %s.", strings.Join(known, ", "))
	}
	return fmt.Sprintf(" There are %d others; list them to see their names.", len(known))
}

// CanBeOff tells the kinds that a Perses only has where they are switched on; elsewhere it answers 404.
func CanBeOff(k Kind) bool {
	switch k {
	case modelv1.KindRole, modelv1.KindRoleBinding, modelv1.KindGlobalRole, modelv1.KindGlobalRoleBinding, modelv1.KindEphemeralDashboard:
		return true
	}
	return false
}

func brokenOff(err error) bool {
	var network *net.OpError
	return errors.As(err, &network) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) ||
		// net/http has no value for these: the end of a connection as it is taken up again, and what is no HTTP.
		strings.Contains(err.Error(), "server closed idle connection") || strings.Contains(err.Error(), "transport connection broken")
}

// isGarbage tells whether Perses' client could not decode a successful answer.
func isGarbage(err error) bool {
	var syntax *json.SyntaxError
	var wrongType *json.UnmarshalTypeError
	return errors.As(err, &syntax) || errors.As(err, &wrongType)
}

func innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}

// unknownOutcome tells whether a request failed in a way that leaves open whether it was carried out.
func unknownOutcome(err error) bool {
	var network *net.OpError
	if errors.As(err, &network) && network.Op == "dial" || errors.As(err, new(credentials.NotSentError)) || errors.Is(err, credentials.ErrNoCaller) {
		return false
	}
	var status *problem.Error
	if errors.As(err, &status) {
		// What stands before Perses does not know what has become of a request that it has passed on.
		return status.Status < http.StatusMultipleChoices || ofGateway(status.Status)
	}
	return brokenOff(err) || isGarbage(err) || IsTooLarge(err) ||
		errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
