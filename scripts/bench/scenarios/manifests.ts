import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Ours, Peer, Place, Scenario } from '../scenario.ts';

const DOCUMENTS = 5000;
const POLICY = { images: ['ghcr.io/acme/*'] };

/** Two containers, one image of ours, and what else manifests hold. */
function deployment(index: number): string {
  return `# service ${index}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: service-${index}
  namespace: production
  labels:
    app.kubernetes.io/name: service-${index}
    app.kubernetes.io/part-of: shop
spec:
  replicas: 3
  selector:
    matchLabels:
      app.kubernetes.io/name: service-${index}
  template:
    metadata:
      labels:
        app.kubernetes.io/name: service-${index}
      annotations:
        ameide.io/image-sha: "71e210beab37b68546d56dceccba18f09264ecc3"
    spec:
      containers:
        - name: www
          image: ghcr.io/acme/www:0.${index}.0
          ports:
            - containerPort: 8080
              name: http
          env:
            - name: LOG_LEVEL
              value: info
            - name: POD_NAME
              valueFrom:
                fieldRef:
                  fieldPath: metadata.name
          resources:
            limits: { cpu: 500m, memory: 256Mi }
            requests: { cpu: 100m, memory: 128Mi }
        - name: proxy
          image: docker.io/envoyproxy/envoy:v1.30.1
`;
}

async function writeManifests({ folder }: Place): Promise<void> {
  const documents = Array.from({ length: DOCUMENTS }, (_, index) => deployment(index));
  await writeFile(join(folder, 'manifests.yaml'), documents.join('---\n'));
  await writeFile(join(folder, 'policy.json'), JSON.stringify(POLICY));
}

const ours: Ours = {
  async prepare(place) {
    await writeManifests(place);
    const argv = ['deploy', 'check', '--env', 'production', '--policy', 'policy.json'];
    return {
      async run(meter) {
        const printed = await meter.run([place.command, ...argv, '--json', 'manifests.yaml'], {
          cwd: place.folder,
        });
        const { documents, images } = JSON.parse(printed) as Record<string, unknown>;
        const count = Array.isArray(images) ? images.length : images;
        if (documents !== DOCUMENTS || count !== DOCUMENTS)
          throw new Error(`it checked ${String(count)} images in ${String(documents)} documents`);
      },
    };
  },
};

/** Node with a program that parses the same file with the library that ours uses, and that is installed with it. */
function parser(name: string, program: string, goal?: number): Peer {
  return {
    name,
    ...(goal === undefined ? {} : { goals: { 0: goal } }),
    async prepare(place) {
      await writeManifests(place);
      await writeFile(join(place.folder, 'parse.mjs'), program);
      return {
        async run(meter) {
          const argv = ['node', 'parse.mjs', 'manifests.yaml'];
          const printed = await meter.run(argv, { cwd: place.folder });
          if (printed.trim() !== String(DOCUMENTS)) throw new Error(`it parsed ${printed}`);
        },
      };
    },
  };
}

const READ = `import { readFileSync } from 'node:fs';
const text = readFileSync(process.argv[2], 'utf8');
`;

const ALL = `import { parseAllDocuments } from 'yaml';
${READ}console.log(parseAllDocuments(text).length);
`;

const ONE_BY_ONE = `import { Composer, Parser } from 'yaml';
${READ}let count = 0;
for (const _ of new Composer().compose(new Parser().parse(text))) count += 1;
console.log(count);
`;

export const manifestScenarios: readonly Scenario[] = [
  {
    name: 'deploy-check',
    work: 'deploy check of 5,000 documents',
    note: 'One file of 5 MB with a Deployment in each document. The other sides only parse it, with the library `yaml`, which ours uses: all documents at once, and one after the other, as ours does.',
    obstacle: 'the start of a larger program, and the walk through each document.',
    delays: [0],
    ours,
    peers: [parser('parseAllDocuments', ALL, 1.2), parser('Parser, Composer', ONE_BY_ONE)],
  },
];
