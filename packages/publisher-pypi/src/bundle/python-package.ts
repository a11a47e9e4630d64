import type { BundleFile } from '@ameide/versioning-core';

/** A file of the module, with its path inside of it. */
export interface ModuleFile {
  readonly path: string;
  readonly content: Uint8Array;
  readonly executable?: boolean;
}

/**
 * Returns the files of the Python module that has a bundle's files as data: the loader, the files
 * below `files/` and what they contain, as JSON, in `documents.json`.
 */
export function pythonPackage(files: readonly BundleFile[]): readonly ModuleFile[] {
  const documents = Object.fromEntries(
    files.flatMap(({ documents: texts, path }) => (texts === undefined ? [] : [[path, texts]])),
  );
  const overlays = Object.fromEntries(
    files.flatMap(({ overlays: texts, path }) => (texts === undefined ? [] : [[path, texts]])),
  );
  const paths = files.map(({ path }) => path);
  const generated = {
    '__init__.py': loader(paths, Object.keys(documents)),
    'documents.json': `${JSON.stringify({ documents, overlays }, null, 1)}\n`,
    'py.typed': '',
  };
  const encoder = new TextEncoder();
  return [
    ...Object.entries(generated).map(([path, text]) => ({ path, content: encoder.encode(text) })),
    ...files.map(({ content, executable, path }) => ({
      path: `files/${path}`,
      content,
      ...(executable === true ? { executable } : {}),
    })),
  ];
}

/** A string of Python, with every character beyond ASCII as an escape. */
function pythonString(value: string): string {
  return JSON.stringify(value).replace(/[^\x20-\x7e]/gu, (character) => {
    const hex = (character.codePointAt(0) ?? 0).toString(16);
    return `\\U${hex.padStart(8, '0')}`;
  });
}

function lines(paths: readonly string[]): string {
  return paths.map((path) => `    ${pythonString(path)},\n`).join('');
}

function literal(paths: readonly string[]): string {
  return paths.length === 0 ? 'str' : `Literal[\n${lines(paths)}]`;
}

function loader(files: readonly string[], documents: readonly string[]): string {
  return `"""Files of one commit, as they were committed, and what they contain."""

import json
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Any, Dict, List, Literal, Optional, Tuple, Union

__all__ = ["Document", "File", "files", "index", "load", "load_all", "path"]

File = ${literal(files)}
Document = ${literal(documents)}

#: The paths of all files.
files: Tuple[File, ...] = (
${lines(files)})


def path(name: File) -> Union[Path, Any]:
    """Returns where a file is: a Path, or what importlib.resources has in a zip archive."""
    if name not in files:
        raise KeyError(name)
    return resources.files(__name__).joinpath("files", *name.split("/"))


#: What index.json contains: the version, the commit and each file's digest.
index: Dict[str, Any] = json.loads(path("index.json").read_bytes()) if "index.json" in files else {}


@lru_cache(maxsize=None)
def _contents() -> Dict[str, Any]:
    return json.loads(resources.files(__name__).joinpath("documents.json").read_bytes())


def load_all(name: Document) -> List[Any]:
    """Returns each document of a JSON or YAML file, read as YAML 1.2, a new object each time."""
    texts = _contents()["documents"].get(name)
    if texts is None:
        raise KeyError(f"{name} is no file of JSON or YAML that JSON can hold")
    return [json.loads(text) for text in texts]


def load(name: Document, overlay: Optional[Document] = None) -> Any:
    """Returns what a JSON or YAML file of one document contains, or what it is with one of its
    overlays merged over it. See load_all."""
    if overlay is not None:
        text = _contents()["overlays"].get(name, {}).get(overlay)
        if text is None:
            raise KeyError(f"{overlay} is no overlay of {name}")
        return json.loads(text)
    documents = load_all(name)
    if len(documents) != 1:
        raise ValueError(f"{name} has {len(documents)} documents: use load_all")
    return documents[0]
`;
}
