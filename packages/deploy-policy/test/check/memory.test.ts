import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

/** Some 3 MB of manifests. */
const DOCUMENTS = `
const spec = (index) => \`apiVersion: apps/v1
kind: Deployment
metadata: {name: service-\${index}, labels: {a: b, c: d, e: f, g: h}}
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: www
          image: ghcr.io/acme/www:0.\${index}.0
          env: [{name: A, value: b}, {name: C, value: d}, {name: E, value: f}]
          ports: [{containerPort: 8080, name: http}, {containerPort: 8081, name: metrics}]
          resources: {limits: {cpu: 500m, memory: 256Mi}, requests: {cpu: 100m, memory: 128Mi}}
\`;
const text = Array.from({ length: 6000 }, (_, index) => spec(index)).join('---\\n');
`;

/** Runs a program with a heap of 40 MB; resolves to what it printed, or to the way in which it ended. */
function run(program: string): Promise<string> {
  const argv = ['--max-old-space-size=40', '--input-type=module', '--eval', DOCUMENTS + program];
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { cwd: PACKAGE }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout.trim());
      else resolve(/heap out of memory/.test(stderr) ? 'out of memory' : stderr);
    });
  });
}

test('checking keeps no document: a heap that cannot hold them is enough', async () => {
  const checked = await run(`
    import { checkManifests, createPolicy } from './src/index.ts';
    const policy = createPolicy({ images: ['ghcr.io/acme/*'] });
    const { documents, images, problems } = checkManifests([{ path: 'a.yaml', text }], {
      policy,
      environment: 'production',
    });
    console.log(documents, images.length, problems.length);
  `);
  expect(checked).toBe('6000 6000 0');
});

test('the same heap does not hold the documents', async () => {
  const held = await run(`
    import { readDocuments } from './src/manifest/document.ts';
    console.log([...readDocuments(text)].length);
  `);
  expect(held).toBe('out of memory');
});
