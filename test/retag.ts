import type { OciRepository } from '@ameide/local-registries';
import { expect } from 'vitest';

/** Sets a tag to the same image with one more annotation: its labels still name our commit. */
export async function retag(repository: OciRepository, tag: string): Promise<void> {
  const found = await repository.fetch(`manifests/${tag}`);
  const manifest = (await found.json()) as { readonly annotations?: object };
  const other = { ...manifest, annotations: { ...manifest.annotations, by: 'somebody' } };
  const headers = { 'content-type': found.headers.get('content-type') ?? '' };
  const body = JSON.stringify(other);
  const put = await repository.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
  expect(put.status).toBe(201);
}
