import { startLocalRegistries, startRecordingProxy } from '@ameide/local-registries';

await using registries = await startLocalRegistries({ goRepositories: ['example/module'] });
await using proxy = await startRecordingProxy(registries.npm.url, {
  fault: ({ step, count }) =>
    step === 1 && count === 1 ? { kind: 'status', status: 503, forward: true } : undefined,
});

// Everything here speaks HTTP on 127.0.0.1: give `proxy.url` and `registries.npm.token` to npm,
// pnpm or a publisher.
const answer = await fetch(`${proxy.url}/example`, { headers: { accept: 'application/json' } });
console.log(answer.status, proxy.requests.length, proxy.mutating().length); // 404 1 0
