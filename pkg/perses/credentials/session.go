package credentials

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	clientconfig "github.com/perses/perses/pkg/client/config"
	"github.com/perses/spec/go/common"
	"github.com/tidwall/gjson"

	"github.com/perses/mcp-server/pkg/perses/mask"
)

// Paths in percli's file (internal/cli/config of Perses).
const (
	sessionURL         = "rest_client_config.url"
	sessionCredentials = "rest_client_config.authorization.credentials"
	sessionRefresh     = "refresh_token"
)

// FindSession reads percli's file and returns its configuration for the Perses at u, including the identity. The error says why
// the file cannot be used: it does not exist (fs.ErrNotExist), has no login, or belongs to another Perses.
func FindSession(path string, u *common.URL) (clientconfig.RestConfigClient, error) {
	var cfg clientconfig.RestConfigClient
	content, err := readSession(path, u)
	if err != nil {
		return cfg, err
	}
	if err := json.Unmarshal([]byte(gjson.GetBytes(content, "rest_client_config").Raw), &cfg); err != nil {
		return cfg, fmt.Errorf("percli's file %s is invalid", path) // the error of json may contain secrets
	}
	if cfg.K8sAuth != nil {
		cfg.Authorization = nil // a token of Kubernetes lasts for minutes and cannot be refreshed
	}
	if !HasIdentity(cfg) {
		return cfg, fmt.Errorf("percli's file %s has no login", path)
	}
	return cfg, nil
}

// readSession returns the content of percli's file. It returns a sessionEndedError if the file is intact but useless.
func readSession(path string, u *common.URL) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("percli's file cannot be read: %w", err)
	}
	if !json.Valid(content) {
		return nil, fmt.Errorf("percli's file %s is not JSON, or only partly written", path)
	}
	if other := gjson.GetBytes(content, sessionURL).String(); !sameURL(other, u.String()) {
		return nil, sessionEndedError{fmt.Errorf("percli's file %s belongs to another Perses (%s)", path, mask.Text(other))}
	}
	return content, nil
}

// sameURL reports whether two URLs are equal apart from case, default ports, users and slashes at the end.
func sameURL(a, b string) bool {
	x, y := normalURL(a), normalURL(b)
	return x != "" && x == y
}

func normalURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme])
	return scheme + "://" + host + strings.TrimRight(u.Path, "/")
}

// percliSession is the login of percli. This process and percli share it: each uses tokens that the other has refreshed.
type percliSession struct {
	watchedFile
	issuer
}

// next returns the token in the file. If that is the last token, it refreshes it.
func (s *percliSession) next(ctx context.Context, last *token, renew bool) (*token, error) {
	s.check()
	content, err := readSession(s.path, s.url)
	if err != nil {
		return nil, fmt.Errorf("%w. %s", err, s.remedy())
	}
	found, err := s.tokenOf(content)
	if err != nil {
		return nil, err
	}
	if last != nil && found.authorization == last.authorization {
		if found = last; !renew {
			return last, nil
		}
	} else if !found.isExpired(time.Now()) {
		return found, nil
	}
	refresh := gjson.GetBytes(content, sessionRefresh).String()
	if refresh == "" {
		return nil, sessionEndedError{fmt.Errorf("the session in percli's file %s has ended, and it has no refresh token. %s", s.path, s.remedy())}
	}
	issued, err := s.refresh(ctx, refresh)
	if isRefusal(err) {
		return nil, fmt.Errorf("the session in percli's file %s has ended (%s). %s", s.path, reason(err), s.remedy())
	}
	if err != nil {
		return nil, err
	}
	s.save(content, issued)
	return issued, nil
}

func (s *percliSession) remedy() string {
	return fmt.Sprintf("Run `percli login %s`; this server then uses the new session.", s.url)
}

// tokenOf returns the token in the file. A JSON Web Token contains its expiry.
func (s *percliSession) tokenOf(content []byte) (*token, error) {
	credentials := gjson.GetBytes(content, sessionCredentials).String()
	if credentials == "" {
		return nil, sessionEndedError{fmt.Errorf("percli's file %s no longer has a login. %s", s.path, s.remedy())}
	}
	authorization := "Bearer " + credentials
	if strings.ContainsAny(credentials, " \t") || checkHeader(authorization) != nil {
		return nil, sessionEndedError{fmt.Errorf("percli's file %s has a token with invalid characters. %s", s.path, s.remedy())}
	}
	return newToken(authorization, gjson.GetBytes(content, sessionRefresh).String(), lifetimeOf(credentials, time.Now())), nil
}

// lifetimeOf returns the remaining lifetime of a JSON Web Token: negative if it has expired, 0 if it is unknown. The token is not
// verified, because Perses does that.
func lifetimeOf(token string, now time.Time) time.Duration {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return 0
	}
	claims, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return 0
	}
	end := gjson.GetBytes(claims, "exp")
	if end.Type != gjson.Number || end.Num < 0 || end.Num > 1<<40 {
		return 0
	}
	if left := time.Unix(int64(end.Num), 0).Sub(now); left != 0 {
		return left
	}
	return -1
}

// save writes a refreshed token into percli's file. It ignores errors: this process has the token, and percli can still use the
// refresh token in the file.
func (s *percliSession) save(before []byte, issued *token) {
	// If the file has changed, percli has begun another session or ended this one.
	if now, err := os.ReadFile(s.path); err != nil || !bytes.Equal(now, before) {
		return
	}
	_, credentials, _ := strings.Cut(issued.authorization, " ")
	content := splice(before, map[string]string{sessionCredentials: credentials, sessionRefresh: issued.refresh})
	if replaceFile(s.path, content) == nil {
		s.check()
	}
}

// splice replaces the strings at these paths of a JSON document, and leaves everything else unchanged.
func splice(document []byte, values map[string]string) []byte {
	type piece struct {
		at    gjson.Result
		value string
	}
	var pieces []piece
	for path, value := range values {
		if at := gjson.GetBytes(document, path); at.Type == gjson.String && at.Index > 0 && at.Str != value {
			pieces = append(pieces, piece{at, value})
		}
	}
	slices.SortFunc(pieces, func(a, b piece) int { return b.at.Index - a.at.Index }) // from the end, so that indexes stay valid
	document = slices.Clone(document)
	for _, p := range pieces {
		quoted, _ := json.Marshal(p.value)
		document = slices.Replace(document, p.at.Index, p.at.Index+len(p.at.Raw), quoted...)
	}
	return document
}

// replaceFile replaces the content of a file atomically. It keeps the file's mode and follows symbolic links.
func replaceFile(path string, content []byte) (err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // only the owner can read it
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(file.Name())
		}
	}()
	_, err = file.Write(content)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	if err = os.Chmod(file.Name(), info.Mode().Perm()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
