import { execFile } from 'node:child_process';
import { component } from '../component-detection.ts';

/** The part of an upload form that libraries of Python decide. */
export interface Question {
  readonly classifiers: readonly string[];
  readonly requires_dist: readonly string[];
  readonly license_expression: string;
  /** A reStructuredText, or nothing. */
  readonly description: string;
}

export interface Opinion {
  /** PyPI's words about what it refuses. */
  readonly metadata?: string;
  /** Absent if there is no renderer, or nothing to render. */
  readonly isRendered?: boolean;
}

// Each library is optional: a Python without it has no opinion.
const PROGRAM = `
import json, sys
asked = json.load(sys.stdin)
answer = {}
try:
    from trove_classifiers import classifiers
    unknown = sorted(set(asked["classifiers"]) - set(classifiers))
    if unknown:
        answer["metadata"] = f"{unknown[0]!r} is not a valid classifier"
except ImportError:
    pass
try:
    from packaging.metadata import Metadata
    raw = {"metadata_version": "2.4", "name": "a", "version": "0", "requires_dist": asked["requires_dist"]}
    if asked["license_expression"]:
        raw["license_expression"] = asked["license_expression"]
    try:
        Metadata.from_raw(raw)
    except Exception as group:
        answer["metadata"] = str(getattr(group, "exceptions", [group])[0])
except ImportError:
    pass
try:
    if asked["description"].strip():
        from readme_renderer.rst import render
        answer["isRendered"] = render(asked["description"]) is not None
except ImportError:
    pass
print(json.dumps(answer))
`;

/**
 * Asks the libraries that PyPI itself uses (trove-classifiers, packaging, readme-renderer), where
 * the machine's Python has them, as it has with twine. No opinion otherwise.
 */
export async function askPython(question: Question): Promise<Opinion> {
  const python = component('python').path;
  const isEmpty = Object.values(question).every((part) => part.length === 0);
  if (python === undefined || isEmpty) return {};
  return new Promise((resolve) => {
    const child = execFile(python, ['-I', '-c', PROGRAM], (error, stdout) =>
      resolve(error === null ? (JSON.parse(stdout) as Opinion) : {}),
    );
    child.stdin?.end(JSON.stringify(question));
  });
}
