"""Names of things in Ameide."""

import re
from typing import NamedTuple

_PART = r"([a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)"
_NAME = re.compile(rf"tenants/{_PART}/{_PART}/{_PART}")


class ResourceName(NamedTuple):
    """The name of one thing in Ameide: ``tenants/acme/graphs/orders``."""

    tenant: str
    kind: str
    id: str

    def __str__(self) -> str:
        return f"tenants/{self.tenant}/{self.kind}/{self.id}"


def parse_resource_name(text: str) -> ResourceName:
    """Read ``tenants/<tenant>/<kind>/<id>``; raise ValueError for anything else."""
    match = _NAME.fullmatch(text)
    if match is None:
        raise ValueError(f"not a resource name: {text!r}; expected tenants/<tenant>/<kind>/<id>")
    return ResourceName(*match.groups())
