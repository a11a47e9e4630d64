// Builds Kubernetes' API server, etcd, helm and kyverno's program into the cache for optional servers, each unless it is there.
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { optionalFolder } from '@ameide/local-registries';
import { run } from './build/run.ts';

interface Program {
  readonly name: string;
  readonly module: string;
  readonly version: string;
  /** The folder of the program in its module. */
  readonly path: string;
  /** The variable of its source that holds its version. */
  readonly versionVariable?: string;
}

interface Replacement {
  readonly Old: { readonly Path: string };
  readonly New: { readonly Path: string; readonly Version?: string };
}

const PROGRAMS: readonly Program[] = [
  { name: 'etcd', module: 'go.etcd.io/etcd/server/v3', version: 'v3.6.16', path: '' },
  {
    name: 'kube-apiserver',
    module: 'k8s.io/kubernetes',
    version: 'v1.37.2',
    path: '/cmd/kube-apiserver',
    versionVariable: 'k8s.io/component-base/version.gitVersion',
  },
  { name: 'helm', module: 'helm.sh/helm/v3', version: 'v3.22.0', path: '/cmd/helm' },
  {
    name: 'kyverno',
    module: 'github.com/kyverno/kyverno',
    version: 'v1.19.1',
    path: '/cmd/cli/kubectl-kyverno',
  },
];

const folder = optionalFolder('kubernetes');
mkdirSync(folder, { recursive: true });
for (const program of PROGRAMS) if (!existsSync(join(folder, program.name))) build(program);

/**
 * Builds a program in a module of ours that requires the program's: `go install` takes no module
 * whose go.mod replaces others.
 */
function build(program: Program): void {
  const { name, module, version, path, versionVariable } = program;
  console.log(`Building ${module}${path}@${version}`);
  const scratch = mkdtempSync(join(dirname(folder), 'kubernetes-'));
  try {
    writeFileSync(join(scratch, 'go.mod'), goMod(program, scratch));
    const variables = versionVariable === undefined ? '' : ` -X ${versionVariable}=${version}`;
    const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', `-ldflags=-s -w${variables}`];
    run(['go', 'build', ...flags, '-o', name, `${module}${path}`], { cwd: scratch });
    renameSync(join(scratch, name), join(folder, name));
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

function goMod({ module, version }: Program, cwd: string): string {
  const download = ['go', 'mod', 'download', '-json', `${module}@${version}`];
  const { GoMod } = JSON.parse(run(download, { cwd })) as { readonly GoMod: string };
  const { Go, Replace } = JSON.parse(run(['go', 'mod', 'edit', '-json', GoMod], { cwd })) as {
    readonly Go: string;
    readonly Replace: readonly Replacement[] | null;
  };
  const lines = (Replace ?? []).flatMap((replacement) => replaceLine(replacement, version));
  return [`module local`, `go ${Go}`, `require ${module} ${version}`, ...lines, ''].join('\n');
}

/**
 * Returns the line for one replacement of the program's own go.mod, for those of a main module alone
 * hold. A folder beside the program is not in its module. What Kubernetes has in `staging` it
 * publishes as v0.X.Y; of the others go.mod requires a published version.
 */
function replaceLine({ Old, New }: Replacement, version: string): readonly string[] {
  if (New.Version !== undefined) return [`replace ${Old.Path} => ${New.Path} ${New.Version}`];
  if (!New.Path.startsWith('./staging/src/')) return [];
  return [`replace ${Old.Path} => ${Old.Path} ${version.replace(/^v\d+/, 'v0')}`];
}
