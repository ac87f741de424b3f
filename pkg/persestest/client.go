package persestest

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// client is this package's own, so that nothing which tests do to the default one reaches it.
var client = &http.Client{Transport: &http.Transport{}, Timeout: 30 * time.Second}

// apiError is an answer of Perses other than success.
type apiError struct {
	Status  int
	Message string // the body: JSON in most cases
}

func (e *apiError) Error() string { return fmt.Sprintf("%d %s", e.Status, e.Message) }

// call sends a request with the token and the body as JSON and decodes the answer. An empty token, a nil body and a nil
// answer are left out. An answer other than success becomes an *apiError.
func (p *Perses) call(ctx context.Context, method, path, token string, body, answer any) error {
	var sent bytes.Buffer
	if body != nil {
		if err := json.NewEncoder(&sent).Encode(body); err != nil {
			return err
		}
	}
	req, err := http.NewRequestWithContext(ctx, method, p.URL+path, &sent)
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	received, err := io.ReadAll(resp.Body)
	if err != nil {
		return err
	}
	if resp.StatusCode/100 != 2 {
		return fmt.Errorf("%s %s: %w", method, path, &apiError{resp.StatusCode, string(received)})
	}
	if answer == nil {
		return nil
	}
	return json.Unmarshal(received, answer)
}

// Login returns an access token of the user. Perses must have Auth; wrong credentials are an error.
func (p *Perses) Login(ctx context.Context, user, password string) (accessToken string, err error) {
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	err = p.call(ctx, http.MethodPost, "/api/auth/providers/native/login", "", object{"login": user, "password": password}, &answer)
	return answer.AccessToken, err
}

// callAsAdmin is call in the name of the administrator, or of nobody if Perses has no Auth.
func (p *Perses) callAsAdmin(ctx context.Context, method, path string, body, answer any) error {
	var token string
	if p.auth {
		var err error
		if token, err = p.Login(ctx, AdminName, AdminPassword); err != nil {
			return err
		}
	}
	return p.call(ctx, method, path, token, body, answer)
}
