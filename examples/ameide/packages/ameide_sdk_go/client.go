package ameide

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
)

// Health is what the platform says of itself.
type Health struct {
	Status  string `json:"status"`
	Version string `json:"version"`
}

// Client talks to one Ameide platform.
type Client struct {
	BaseURL string
	HTTP    *http.Client
}

// Health asks GET /v1/health.
func (c *Client) Health(ctx context.Context) (Health, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimRight(c.BaseURL, "/")+"/v1/health", nil)
	if err != nil {
		return Health{}, err
	}
	client := c.HTTP
	if client == nil {
		client = http.DefaultClient
	}
	response, err := client.Do(request)
	if err != nil {
		return Health{}, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return Health{}, fmt.Errorf("health: HTTP %d", response.StatusCode)
	}
	var health Health
	return health, json.NewDecoder(response.Body).Decode(&health)
}
