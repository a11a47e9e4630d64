// What somebody can do who may push to a registry, but is not the workflow that signs.
import { type LocalRegistries, ociRepository } from '@ameide/local-registries';

/** Moves `tag` to the image that the tag `from` names. Returns a function that moves it back. */
export async function moveTag(
  { oci }: LocalRegistries,
  image: string,
  { from, tag }: { readonly from: string; readonly tag: string },
): Promise<() => Promise<void>> {
  const repository = ociRepository(oci, image);
  const read = async (name: string): Promise<{ readonly body: Uint8Array; type: string }> => {
    const answer = await repository.fetch(`manifests/${name}`);
    const type = answer.headers.get('content-type') ?? '';
    return { body: new Uint8Array(await answer.arrayBuffer()), type };
  };
  const write = async ({ body, type }: Awaited<ReturnType<typeof read>>): Promise<void> => {
    const headers = { 'content-type': type };
    const { status } = await repository.fetch(`manifests/${tag}`, { method: 'PUT', headers, body });
    if (status !== 201) throw new Error(`the registry answered ${status}`);
  };
  const before = await read(tag);
  await write(await read(from));
  return async () => write(before);
}
