package ameide

import (
	"context"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestResourceNameReadsBackAsWritten(t *testing.T) {
	want := ResourceName{Tenant: "acme", Kind: "graphs", ID: "orders-2"}
	got, err := ParseResourceName(want.String())
	if err != nil || got != want {
		t.Fatalf("got %v, %v", got, err)
	}
}

func TestAnythingElseIsRefused(t *testing.T) {
	for _, text := range []string{"", "tenants/acme", "tenants/ACME/graphs/x", "tenants/a/b/c/d", "tenants/a/b/-c"} {
		if got, err := ParseResourceName(text); err == nil {
			t.Errorf("%q was read as %v", text, got)
		}
	}
}

func TestHealthAsksThePlatform(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/health" {
			http.NotFound(w, r)
			return
		}
		w.Write([]byte(`{"status":"ok","version":"1.2.3"}`))
	}))
	defer server.Close()
	got, err := (&Client{BaseURL: server.URL + "/"}).Health(context.Background())
	if err != nil || got != (Health{Status: "ok", Version: "1.2.3"}) {
		t.Fatalf("got %v, %v", got, err)
	}
}
