/**
 * Extracts the operations of the stand-in for GitHub from GitHub's own OpenAPI document, with the schemas
 * that they use, and writes them beside the stand-in:
 *
 *     npm pack @octokit/openapi@23.0.2 && tar xzf octokit-openapi-23.0.2.tgz
 *     node scripts/github-operations.ts package/generated/api.github.com.json
 *
 * The unpacked package has 390 MB, so it is not a dependency.
 */
import { readFile, writeFile } from 'node:fs/promises';

type Json = null | boolean | number | string | readonly Json[] | JsonObject;
interface JsonObject {
  readonly [key: string]: Json;
}

const OPERATIONS: ReadonlySet<string> = new Set([
  'git/create-blob',
  'git/create-commit',
  'git/create-ref',
  'git/create-tree',
  'git/delete-ref',
  'git/get-commit',
  'git/get-ref',
  'git/get-tag',
  'git/list-matching-refs',
  'git/update-ref',
  'meta/root',
  'packages/delete-package-version-for-org',
  'packages/delete-package-version-for-user',
  'packages/get-all-package-versions-for-package-owned-by-org',
  'packages/get-all-package-versions-for-package-owned-by-user',
  'packages/get-package-for-organization',
  'packages/get-package-for-user',
  'packages/get-package-version-for-organization',
  'packages/get-package-version-for-user',
  'pulls/create',
  'pulls/list',
  'pulls/update',
  'rate-limit/get',
  'repos/check-immutable-releases',
  'repos/create-for-authenticated-user',
  'repos/create-in-org',
  'repos/create-release',
  'repos/delete-release',
  'repos/delete-release-asset',
  'repos/generate-release-notes',
  'repos/get',
  'repos/get-commit',
  'repos/get-latest-release',
  'repos/get-release',
  'repos/get-release-asset',
  'repos/get-release-by-tag',
  'repos/list-release-assets',
  'repos/list-releases',
  'repos/list-tags',
  'repos/update-release',
  'repos/upload-release-asset',
  'users/get-authenticated',
  'users/get-by-username',
]);

/** Keywords that validation does not read. */
const DROPPED: ReadonlySet<string> = new Set([
  'description',
  'example',
  'examples',
  'deprecated',
  'externalDocs',
  'title',
  'discriminator',
  'readOnly',
  'writeOnly',
  'xml',
]);

const OUT = new URL(
  '../packages/local-registries/src/stand-ins/github/github-operations.json',
  import.meta.url,
);

const [file] = process.argv.slice(2);
if (file === undefined)
  throw new Error(
    'Usage: node scripts/github-operations.ts FILE, where FILE is api.github.com.json of @octokit/openapi',
  );
const document = JSON.parse(await readFile(file, 'utf8')) as JsonObject;
const schemas = new Map<string, Json>();
const operations = Object.entries(at(document, 'paths')).flatMap(([path, methods]) =>
  Object.entries(methods as JsonObject).flatMap(([method, operation]) => {
    const id = (operation as JsonObject)['operationId'] as string;
    return OPERATIONS.has(id) ? [operationOf(id, method, path, operation as JsonObject)] : [];
  }),
);
const missing = [...OPERATIONS].filter((id) => !operations.some((one) => one.id === id));
if (missing.length > 0) throw new Error(`the document has no ${missing.join(', ')}`);
const source = `@octokit/openapi ${at(document, 'info')['version'] as string}, api.github.com.json`;
correctAssetState();
const names = [...schemas.keys()].toSorted();
const lines = [
  `{ "source": ${JSON.stringify(source)},`,
  `"operations": [`,
  operations.map((one) => JSON.stringify(one)).join(',\n'),
  `],`,
  `"schemas": {`,
  names.map((name) => `${JSON.stringify(name)}: ${JSON.stringify(schemas.get(name))}`).join(',\n'),
  `} }\n`,
];
await writeFile(OUT, lines.join('\n'));

function operationOf(id: string, method: string, path: string, operation: JsonObject) {
  const parameters = ((operation['parameters'] ?? []) as readonly JsonObject[]).map((given) => {
    const parameter = resolve(given);
    const { name, in: place, required = false, schema = {} } = parameter;
    return { name, in: place, required, schema: convert(schema) };
  });
  const body = operation['requestBody'] as JsonObject | undefined;
  const answers = Object.entries(operation['responses'] as JsonObject).map(([status, given]) => {
    const content = resolve(given as JsonObject)['content'] as JsonObject | undefined;
    return [status, content === undefined ? null : (schemaOf(content) ?? null)] as const;
  });
  return {
    id,
    method: method.toUpperCase(),
    path,
    parameters,
    body: body === undefined ? null : (schemaOf(body['content'] as JsonObject) ?? null),
    answers: Object.fromEntries(answers),
  };
}

/**
 * The document knows the states `uploaded` and `open`. Its own description of uploads, and the
 * server, call an asset whose upload was interrupted `starter`.
 */
function correctAssetState(): void {
  const asset = schemas.get('release-asset') as { properties: { state: { enum: string[] } } };
  asset.properties.state.enum.push('starter');
}

/** The schema of a body in JSON; undefined for a body in another form, such as a file. */
function schemaOf(content: JsonObject): Json | undefined {
  const json = Object.entries(content).find(([type]) => /json/.test(type));
  return json === undefined ? undefined : convert((json[1] as JsonObject)['schema'] ?? {});
}

function at(object: JsonObject, key: string): JsonObject {
  return object[key] as JsonObject;
}

function resolve(value: JsonObject): JsonObject {
  const reference = value['$ref'];
  if (typeof reference !== 'string') return value;
  const path = reference.slice(2).split('/');
  return resolve(path.reduce(at, document));
}

/**
 * Turns a schema of OpenAPI 3.0 into JSON Schema: a `nullable` one takes null, too. A reference stays
 * one, and names the list of schemas beside the operations.
 */
function convert(schema: Json): Json {
  if (Array.isArray(schema)) return schema.map(convert);
  if (schema === null || typeof schema !== 'object') return schema;
  const object = schema as JsonObject;
  const reference = object['$ref'];
  if (typeof reference === 'string') return { $ref: reference$(reference) };
  const { nullable, ...rest } = object;
  const kept = Object.entries(rest).filter(([key]) => !DROPPED.has(key) && !key.startsWith('x-'));
  const plain = Object.fromEntries(
    kept.map(([key, value]) => [key, key === 'properties' ? properties(value) : convert(value)]),
  );
  return nullable === true ? { anyOf: [{ type: 'null' }, plain] } : plain;
}

/** A property may have the name of a keyword that is dropped elsewhere: `description`. */
function properties(value: Json | undefined): Json {
  const entries = Object.entries((value ?? {}) as JsonObject);
  return Object.fromEntries(entries.map(([name, schema]) => [name, convert(schema)]));
}

function reference$(reference: string): string {
  const name = reference.replace('#/components/schemas/', '');
  if (!schemas.has(name)) {
    schemas.set(name, null);
    schemas.set(name, convert(at(at(document, 'components'), 'schemas')[name] ?? null));
  }
  return `#/schemas/${name}`;
}
