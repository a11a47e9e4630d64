"""Prints the entries of wheels, sdists, npm tarballs, Go modules' zips and image layers as JSON."""

import base64
import json
import stat
import sys
import tarfile
import zipfile


def zip_entries(path):
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            if not info.is_dir():
                yield {
                    "path": info.filename,
                    "executable": bool((info.external_attr >> 16) & stat.S_IXUSR),
                    "content": base64.b64encode(archive.read(info)).decode(),
                }


def tar_entries(path):
    with tarfile.open(path) as archive:
        for info in archive:
            if info.isdir():
                continue
            if info.isfile():
                content = base64.b64encode(archive.extractfile(info).read()).decode()
                yield {"path": info.name, "executable": bool(info.mode & stat.S_IXUSR), "content": content}
            else:
                kind = "hard link" if info.islnk() else "link" if info.issym() else "special"
                yield {"path": info.name, "kind": kind, "target": info.linkname}


def entries(path):
    return zip_entries(path) if zipfile.is_zipfile(path) else tar_entries(path)


sys.stdout.reconfigure(errors="surrogateescape")
json.dump([entry for path in sys.argv[1:] for entry in entries(path)], sys.stdout)
