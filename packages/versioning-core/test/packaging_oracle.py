"""Answers questions about Python versions and names with `packaging` itself: one JSON object a line in, one a line out."""

import json
import sys

from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version


def answer(question):
    if question["op"] == "normal":
        try:
            return {"normal": str(Version(question["version"]))}
        except InvalidVersion:
            return {"normal": None}
    if question["op"] == "compare":
        a, b = Version(question["version"]), Version(question["other"])
        return {"order": (a > b) - (a < b)}
    if question["op"] == "name":
        return {"name": canonicalize_name(question["name"])}
    raise ValueError(question["op"])


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
