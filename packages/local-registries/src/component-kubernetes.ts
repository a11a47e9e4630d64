import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Found } from './component.ts';
import { optionalFolder, optionalProgram, program } from './component-programs.ts';

/**
 * The version of PyPI's `kubernetes-validate` that the schemas are taken from, and of the Kubernetes
 * that they describe.
 */
export const SCHEMAS_VERSION = '1.37.0';

/** Returns the folder of the schemas that kubeconform reads: one JSON file for each kind. */
export function schemasFolder(): string {
  return optionalFolder(`kubernetes-schemas-${SCHEMAS_VERSION}`);
}

/**
 * Finds kubeconform, with its schemas: the command line names them, so it needs no network. Unknown
 * fields are errors, because the schemas are the strict ones.
 */
export function kubeconform(): Found {
  const path = program('kubeconform')?.path;
  const folder = schemasFolder();
  if (path === undefined || !existsSync(folder)) return undefined;
  const schemas = join(folder, '{{.ResourceKind}}{{.KindSuffix}}.json');
  return { path, command: [path, '-schema-location', schemas] };
}

/** Finds the API server, if its database is beside it. */
export function kubernetes(): Found {
  return optionalProgram('kubernetes', 'etcd') && optionalProgram('kubernetes', 'kube-apiserver');
}
