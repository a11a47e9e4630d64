import type { NamedArtifact } from './facts.ts';

/** TestPyPI, by its URL or as tools call it; and what runs on the machine itself. */
export function isTestRegistry(registry: string): boolean {
  return (
    /^test-?pypi$/i.test(registry) ||
    /^test\.pypi\.org$/.test(hostOf(registry) ?? '') ||
    /^(?:localhost|127\.\d+\.\d+\.\d+|0\.0\.0\.0|\[::1\]|host\.docker\.internal|verdaccio)$/.test(
      hostOf(registry) ?? '',
    )
  );
}

const DEFAULT_HOSTS: Readonly<Record<string, string>> = {
  npm: 'registry.npmjs.org',
  pypi: 'pypi.org',
};

/** True if what is published to a registry certainly is in another one than the artifact. */
export function isElsewhere(registry: string | undefined, artifact: NamedArtifact): boolean {
  if (registry === undefined) return false;
  const host = /^test-?pypi$/i.test(registry) ? 'test.pypi.org' : hostOf(registry);
  const own =
    artifact.registry === undefined ? DEFAULT_HOSTS[artifact.ecosystem] : hostOf(artifact.registry);
  return host !== undefined && own !== undefined && host !== own;
}

/** Without the name that uploads to PyPI have: `pypi.org`. Undefined for what is no URL. */
function hostOf(registry: string): string | undefined {
  return URL.canParse(registry) ? new URL(registry).hostname.replace(/^upload\./, '') : undefined;
}
