"""The Python SDK for Ameide."""

from .client import AmeideClient
from .resource_name import ResourceName, parse_resource_name

__all__ = ["AmeideClient", "ResourceName", "parse_resource_name"]
