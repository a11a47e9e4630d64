"""Talks to one Ameide platform."""

import json
from urllib.request import Request, urlopen


class AmeideClient:
    """A client of the platform at ``base_url``."""

    def __init__(self, base_url: str) -> None:
        self.base_url = base_url.rstrip("/")

    def health(self) -> dict:
        """GET /v1/health; urllib raises HTTPError when the answer is not a success."""
        request = Request(f"{self.base_url}/v1/health", headers={"Accept": "application/json"})
        with urlopen(request, timeout=30) as response:
            return json.load(response)
