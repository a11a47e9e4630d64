import { readFileSync } from 'node:fs';
import { needs } from '@ameide/local-registries/components';
import { describe, expect, test } from 'vitest';
import {
  createPolicy,
  formatImageReference,
  listImages,
  parseImageReference,
} from '../../src/index.ts';
import { type Answers, askGo } from '../go-readers/ask-go.ts';
import { generatedManifests } from './generated-manifests.ts';

const POLICY = createPolicy({ images: ['docker.io/*'] });

const TABLE = readFileSync(new URL('documents.txt', import.meta.url), 'utf8')
  .split(/^##### /m)
  .slice(1)
  .map((part) => {
    const [title = '', ...lines] = part.split('\n');
    return { title, text: lines.join('\n') };
  });

const line = (path: string, reference: ReturnType<typeof parseImageReference>): string =>
  `${path} ${reference === undefined ? 'no image' : formatImageReference(reference)}`;

/** Path and image of each place; undefined for text that is refused. */
function ours(text: string): readonly string[] | undefined {
  const { images, problems } = listImages([{ path: 'www.yaml', text }], POLICY);
  if (problems.some(({ code }) => code === 'deploy-yaml')) return undefined;
  return [
    ...images.map(({ field, reference }) => line(field, reference)),
    // Of an image without a value, Kubernetes is told nothing.
    ...problems.flatMap(({ field = '', hint }) =>
      hint === 'Write an image.' ? [] : [line(field, undefined)],
    ),
  ].toSorted();
}

function theirs(documents: Answers['texts'][number]): readonly string[] | undefined {
  if (documents.some(({ error }) => error !== undefined)) return undefined;
  return documents
    .flatMap(({ images = [] }) =>
      images
        .filter(({ image }) => image !== null && image !== '')
        .map(({ image, path }) =>
          line(path, typeof image === 'string' ? parseImageReference(image) : undefined),
        ),
    )
    .toSorted();
}

test('all of the table is read', () => {
  const refused = TABLE.filter(({ text }) => ours(text) === undefined).map(({ title }) => title);
  expect(refused).toEqual([]);
  expect(TABLE.length).toBeGreaterThan(30);
});

needs(
  'go',
  'go-yaml',
  'go-reference',
)('asked', () => {
  describe('sigs.k8s.io/yaml', () => {
    test('reads the same images at the same paths from the table', async () => {
      const { texts } = await askGo({ texts: TABLE.map(({ text }) => text) });
      const refused = (title: string): boolean => title.endsWith('which Kubernetes refuses');
      const read = TABLE.map(({ text, title }) => ({
        title,
        images: refused(title) ? undefined : ours(text),
      }));
      const expected = TABLE.map(({ title }, index) => ({
        title,
        images: theirs(texts[index] ?? []),
      }));
      expect(read).toEqual(expected);
    }, 120_000);

    test('reads the same, if both read it, from what is generated', async () => {
      const texts = generatedManifests(4000);
      const answers = (await askGo({ texts })).texts.map(theirs);
      const both = texts.flatMap((text, index) => {
        const [images, expected] = [ours(text), answers[index]];
        return images === undefined || expected === undefined ? [] : [{ text, images, expected }];
      });
      const differing = both.filter((one) => one.images.join() !== one.expected.join());
      expect(differing).toEqual([]);
      expect(both.filter(({ images }) => images.length > 0).length).toBeGreaterThan(500);
    }, 120_000);
  });
});
