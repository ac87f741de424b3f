package perses

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
)

// Where percli keeps what in its file (internal/cli/config of Perses).
const (
	sessionURL         = "rest_client_config.url"
	sessionCredentials = "rest_client_config.authorization.credentials"
	sessionRefresh     = "refresh_token"
)

// FindSession reads the file of percli at path and returns how it reaches the Perses at u, with the identity that it has
// there. The error says why that cannot be used: there is no file (fs.ErrNotExist), no login, or one of another Perses.
func FindSession(path string, u *common.URL) (clientconfig.RestConfigClient, error) {
	var cfg clientconfig.RestConfigClient
	content, err := readSession(path, u)
	if err != nil {
		return cfg, err
	}
	if err := json.Unmarshal([]byte(gjson.GetBytes(content, "rest_client_config").Raw), &cfg); err != nil {
		return cfg, fmt.Errorf("percli's file %s is not understood", path) // the words of the error may have its values
	}
	if cfg.K8sAuth != nil {
		cfg.Authorization = nil // what percli got of Kubernetes lasts for minutes, and there is no token to refresh it with
	}
	if !HasIdentity(cfg) {
		return cfg, fmt.Errorf("percli's file %s has no login", path)
	}
	return cfg, nil
}

// readSession returns the content of percli's file. An error of the type over says that it is whole and not of use.
func readSession(path string, u *common.URL) ([]byte, error) {
	content, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("percli's file cannot be read: %w", err)
	}
	if !json.Valid(content) {
		return nil, fmt.Errorf("percli's file %s is no JSON, or half written", path)
	}
	if of := gjson.GetBytes(content, sessionURL).String(); !sameURL(of, u.String()) {
		return nil, over{fmt.Errorf("percli's file %s is of another Perses (%s)", path, MaskText(of))}
	}
	return content, nil
}

// sameURL tells whether two addresses are those of one Perses.
func sameURL(a, b string) bool {
	x, y := plainURL(a), plainURL(b)
	return x != "" && x == y
}

func plainURL(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return ""
	}
	scheme, host := strings.ToLower(u.Scheme), strings.ToLower(u.Host)
	host = strings.TrimSuffix(host, map[string]string{"http": ":80", "https": ":443"}[scheme])
	return scheme + "://" + host + strings.TrimRight(u.Path, "/")
}

// session is the login of percli, which it shares with this process: each takes over what the other has refreshed.
type session struct {
	watched
	tokenMaker
}

// next takes what stands in the file, and refreshes it if that is what the last token was.
func (s *session) next(ctx context.Context, last *token, renew bool) (*token, error) {
	s.look()
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
	} else if !found.ended(time.Now()) {
		return found, nil
	}
	refresh := gjson.GetBytes(content, sessionRefresh).String()
	if refresh == "" {
		return nil, over{fmt.Errorf("the session in percli's file %s has ended, and it has no refresh token. %s", s.path, s.remedy())}
	}
	made, err := s.refresh(ctx, refresh)
	if refuses(err) {
		return nil, fmt.Errorf("the session in percli's file %s has ended (%s). %s", s.path, said(err), s.remedy())
	}
	if err != nil {
		return nil, err
	}
	s.keep(content, made)
	return made, nil
}

func (s *session) remedy() string {
	return fmt.Sprintf("Run `percli login %s`; this server takes the new session up by itself.", s.url)
}

// tokenOf reads the token in the file, which says itself how long it holds if it is a JSON Web Token.
func (s *session) tokenOf(content []byte) (*token, error) {
	credentials := gjson.GetBytes(content, sessionCredentials).String()
	if credentials == "" {
		return nil, over{fmt.Errorf("percli's file %s has no login any more. %s", s.path, s.remedy())}
	}
	authorization := "Bearer " + credentials
	if strings.ContainsAny(credentials, " \t") || checkHeader(authorization) != nil {
		return nil, over{fmt.Errorf("percli's file %s has a token with characters that none has. %s", s.path, s.remedy())}
	}
	return newToken(authorization, gjson.GetBytes(content, sessionRefresh).String(), holds(credentials, time.Now())), nil
}

// holds returns for how long a JSON Web Token holds from now on, negative if it has ended, and 0 if it does not say. It is
// not verified: Perses does that.
func holds(token string, now time.Time) time.Duration {
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

// keep writes a refreshed token where percli does. That it cannot be written is no error: the token serves this
// process, and the refresh token in the file serves percli as before.
func (s *session) keep(before []byte, made *token) {
	// Whoever has written in the meantime has a session of their own, or has ended it.
	if now, err := os.ReadFile(s.path); err != nil || !bytes.Equal(now, before) {
		return
	}
	_, credentials, _ := strings.Cut(made.authorization, " ")
	content := splice(before, map[string]string{sessionCredentials: credentials, sessionRefresh: made.refresh})
	if replaceFile(s.path, content) == nil {
		s.look()
	}
}

// splice puts strings in the place of those that stand at these paths of a JSON document, and leaves all else as it is.
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
	slices.SortFunc(pieces, func(a, b piece) int { return b.at.Index - a.at.Index }) // from the end, so that no index moves
	document = slices.Clone(document)
	for _, p := range pieces {
		document = slices.Replace(document, p.at.Index, p.at.Index+len(p.at.Raw), Marshal(p.value)...)
	}
	return document
}

// replaceFile replaces the content of a file as a whole, so that nobody reads half of it. Its mode stays, and so does a
// link to it.
func replaceFile(path string, content []byte) (err error) {
	if path, err = filepath.EvalSymlinks(path); err != nil {
		return err
	}
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+"-*") // readable for its owner alone
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
