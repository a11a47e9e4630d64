/**
 * Normalises a project name: lower case, runs of `-`, `_` and `.` become one `-` (PEP 503 §
 * Normalized Names).
 */
export function normalizeName(name: string): string {
  return name.replaceAll(/[-_.]+/g, '-').toLowerCase();
}

/**
 * Returns a name's form in file names, where `-` separates the parts (PEP 625, binary distribution
 * format § Escaping).
 */
export function fileNamePart(name: string): string {
  return normalizeName(name).replaceAll('-', '_');
}

/** True if core metadata allows the name (core metadata specification § Name). */
export function isProjectName(name: string): boolean {
  return /^(?:[a-z0-9]|[a-z0-9][a-z0-9._-]*[a-z0-9])$/i.test(name);
}
