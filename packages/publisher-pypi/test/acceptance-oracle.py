"""Says of each distribution whether the libraries that PyPI's upload is made of accept it.

Reads JSON from stdin: a list of paths. Prints a list: true, false, or null where a library is missing.
The limits (512, 32) and the order are those of PyPI's upload form; everything else is asked of the libraries.
WAREHOUSE may name a checkout of github.com/pypi/warehouse, whose own checks of archives are then asked, too.
"""

import email.utils
import importlib.util
import json
import os
import re
import sys
import tarfile
import zipfile

import packaging.licenses
import packaging.utils
import readme_renderer.rst
import rfc3986
import rfc3986.validators
import trove_classifiers
from packaging.metadata import Metadata
from packaging.requirements import Requirement

try:
    import email_validator
except ImportError:
    email_validator = None


class Refused(Exception):
    pass


def refuse_unless(condition, reason):
    if not condition:
        raise Refused(reason)


def is_address(text):
    uri = rfc3986.uri_reference(text).normalize()
    validator = rfc3986.validators.Validator().allow_schemes("http", "https").require_presence_of("scheme")
    validator.check_validity_of("scheme", "host", "port", "path", "query")
    try:
        validator.validate(uri)
    except rfc3986.exceptions.RFC3986Exception:
        return False
    return True


def read(path):
    name = os.path.basename(path)
    if name.endswith(".whl"):
        with zipfile.ZipFile(path) as archive:
            return archive.read("pkg-1.0.dist-info/METADATA")
    with tarfile.open(path) as archive:
        return archive.extractfile("pkg-1.0/PKG-INFO").read()


def check_metadata(metadata):
    refuse_unless(metadata.metadata_version != "2.6", "metadata version")
    refuse_unless(len(metadata.summary or "") <= 512, "summary")
    classifiers = set(metadata.classifiers or [])
    refuse_unless(classifiers <= set(trove_classifiers.classifiers), "classifier")
    for url in (metadata.home_page, metadata.download_url):
        refuse_unless(url is None or is_address(url), "page")
    for label, url in (metadata.project_urls or {}).items():
        refuse_unless(0 < len(label) <= 32 and url and is_address(url), "project URL")
    refuse_unless(not any(one.url for one in metadata.requires_dist or []), "direct reference")
    for text in [*(metadata.provides_dist or []), *(metadata.obsoletes_dist or [])]:
        refuse_unless(Requirement(text).url is None, "direct reference")
    refuse_unless(not (metadata.license and metadata.license_expression), "license")
    for field in (metadata.author_email, metadata.maintainer_email):
        address = email.utils.parseaddr(field)[1] if field else ""
        if address and len(email.utils.getaddresses([field])) == 1:
            email_validator.validate_email(address, check_deliverability=False)


def check_description(metadata):
    if not metadata.description:
        return
    kind = (metadata.description_content_type or "text/x-rst").split(";")[0].strip().lower()
    if kind == "text/x-rst":
        refuse_unless(readme_renderer.rst.render(metadata.description) is not None, "description")


def warehouse(module):
    spec = importlib.util.spec_from_file_location(module, os.path.join(os.environ["WAREHOUSE"], f"warehouse/utils/{module}.py"))
    loaded = importlib.util.module_from_spec(spec)
    # Older Pythons want parentheses around several exceptions.
    source = re.sub(r"except ((?:[\w.]+, )+[\w.]+):", r"except (\1):", spec.loader.get_data(spec.origin).decode())
    exec(compile(source, spec.origin, "exec"), loaded.__dict__)
    return loaded


def platform_rule():
    source = open(os.path.join(os.environ["WAREHOUSE"], "warehouse/forklift/legacy.py")).read()
    start, end = source.index("_allowed_platforms = {"), source.index("_error_message_order")
    names = {"re": re}
    exec(source[start:end], names)
    return names["_valid_platform_tag"]


def check_archive(path, metadata):
    name = os.path.basename(path)
    if name.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            members = archive.getnames()
        refuse_unless(os.path.commonpath(members) == "pkg-1.0", "folders")
        for file in metadata.license_files or []:
            refuse_unless(f"pkg-1.0/{file}" in members, "license file")
        return
    tags = packaging.utils.parse_wheel_filename(name)[3]
    with zipfile.ZipFile(path) as archive:
        for file in ["WHEEL", *(f"licenses/{one}" for one in metadata.license_files or [])]:
            archive.read(f"pkg-1.0.dist-info/{file}")
    if "WAREHOUSE" in os.environ:
        is_platform = platform_rule()
        refuse_unless(all(is_platform(tag.platform) for tag in tags), "platform")
        ok, why = warehouse("zipfiles").validate_zipfile(path)
        refuse_unless(ok, why)
        wheel = warehouse("wheel")
        wheel.validate_entrypoints(path)
        wheel.validate_record(path)


def verdict(path):
    try:
        metadata = Metadata.from_email(read(path))
        check_metadata(metadata)
        check_description(metadata)
        check_archive(path, metadata)
    except AttributeError:
        if email_validator is None:
            return None
        raise
    except Exception as error:
        print(os.path.basename(path), repr(error)[:300], file=sys.stderr)
        return False
    return True


json.dump([verdict(path) for path in json.load(sys.stdin)], sys.stdout)
