import type { BuildLog } from './build-log.ts';

/** The result of the engine's build stream. */
export type BuildOutcome = { readonly imageId: string } | { readonly error: string };

/**
 * Reads all JSON lines of Docker Engine's build (`POST /build`). The engine answers HTTP 200 before
 * it begins, so a failed build is a line with `error`. Both builders put the image's id into
 * `aux.ID`. The classic builder prints to `stream`, BuildKit to `aux`.
 */
export async function readBuildStream(
  stream: AsyncIterable<Uint8Array | string>,
  log: BuildLog,
): Promise<BuildOutcome> {
  let imageId: string | undefined;
  let error: string | undefined;
  for await (const line of lines(stream)) {
    const { error: failed, aux, stream: printed } = parse(line);
    if (typeof failed === 'string') error ??= failed;
    if (typeof printed === 'string') await log.print(printed);
    if (typeof aux === 'string') await log.trace(aux);
    const id = typeof aux === 'object' && aux !== null && 'ID' in aux ? aux.ID : undefined;
    if (typeof id === 'string' && /^sha256:[0-9a-f]{64}$/.test(id)) imageId = id;
  }
  log.end();
  if (error !== undefined) return { error };
  return imageId === undefined
    ? { error: 'the engine ended the build without an image' }
    : { imageId };
}

async function* lines(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of stream) {
    const parts = (
      rest + (typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }))
    ).split('\n');
    rest = parts.pop() ?? '';
    yield* parts;
  }
  yield rest;
}

function parse(line: string): { error?: unknown; aux?: unknown; stream?: unknown } {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    // An empty line, or a line that a broken connection cut off; then there is no id either.
    return {};
  }
}
