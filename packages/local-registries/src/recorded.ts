import {
  type RecordingProxyOptions,
  type RunningRecordingProxy,
  startRecordingProxy,
} from './recording-proxy/index.ts';
import type { Running } from './running.ts';

/** A server behind a recording proxy. `await using` stops both. */
export interface Recorded<R extends Running> extends AsyncDisposable {
  readonly registry: R;
  readonly proxy: RunningRecordingProxy;
}

export async function recorded<R extends Running>(
  starting: R | Promise<R>,
  options?: RecordingProxyOptions,
): Promise<Recorded<R>> {
  const registry = await starting;
  const proxy = await startRecordingProxy(registry.url, options);
  return {
    registry,
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy.stop();
      await registry.stop();
    },
  };
}
