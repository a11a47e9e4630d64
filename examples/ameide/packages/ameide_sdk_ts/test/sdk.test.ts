import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import { test } from 'node:test';
import { AmeideClient, formatResourceName, parseResourceName } from '../src/index.ts';

test('a resource name reads back as it was written', () => {
  const name = { tenant: 'acme', kind: 'graphs', id: 'orders-2' };
  assert.deepEqual(parseResourceName(formatResourceName(name)), name);
});

test('anything else is refused', () => {
  for (const text of [
    '',
    'tenants/acme',
    'tenants/ACME/graphs/x',
    'tenants/a/b/c/d',
    'tenants/a/b/-c',
  ])
    assert.throws(() => parseResourceName(text), RangeError);
});

test('health asks the platform', async () => {
  const server = createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ status: request.url === '/v1/health' ? 'ok' : 'lost', version: '1.2.3' }),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  assert(typeof address === 'object' && address !== null);
  try {
    assert.deepEqual(await new AmeideClient(`http://127.0.0.1:${address.port}/`).health(), {
      status: 'ok',
      version: '1.2.3',
    });
  } finally {
    server.close();
  }
});
