// Package ameide is the Go SDK for Ameide.
package ameide

import (
	"fmt"
	"regexp"
)

// ResourceName is the name of one thing in Ameide: tenants/acme/graphs/orders.
type ResourceName struct {
	Tenant, Kind, ID string
}

const part = `([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)`

var name = regexp.MustCompile(`^tenants/` + part + `/` + part + `/` + part + `$`)

// ParseResourceName reads tenants/<tenant>/<kind>/<id>.
func ParseResourceName(text string) (ResourceName, error) {
	m := name.FindStringSubmatch(text)
	if m == nil {
		return ResourceName{}, fmt.Errorf("not a resource name: %q; expected tenants/<tenant>/<kind>/<id>", text)
	}
	return ResourceName{Tenant: m[1], Kind: m[2], ID: m[3]}, nil
}

// String writes what ParseResourceName reads.
func (r ResourceName) String() string {
	return "tenants/" + r.Tenant + "/" + r.Kind + "/" + r.ID
}
