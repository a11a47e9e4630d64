import { readFileSync } from 'node:fs';
import { Ajv, type ValidateFunction } from 'ajv';

interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query';
  readonly required: boolean;
  readonly schema: Schema;
}

type Schema = Readonly<Record<string, unknown>>;

/** One operation of GitHub's OpenAPI document. */
interface Operation {
  /** `repos/create-release`. */
  readonly id: string;
  readonly method: string;
  /** `/repos/{owner}/{repo}/releases`. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** The schema of a body in JSON; null if the operation has none. */
  readonly body: Schema | null;
  /** The schema of each status's answer; null for an answer that is not JSON, or has no body. */
  readonly answers: Readonly<Record<string, Schema | null>>;
}

interface Document {
  readonly operations: readonly Operation[];
  readonly schemas: Readonly<Record<string, Schema>>;
}

/** An operation, and the parameters in the request's path. */
export interface Match {
  readonly operation: Operation;
  readonly path: Readonly<Record<string, string>>;
}

/** Checks requests and answers with GitHub's own OpenAPI document. */
export interface GithubDocument {
  /** Finds the operation of a request. `path` is without the API's prefix and without query. */
  find(method: string, path: string): Match | undefined;
  /** Returns the violations of a request. `body` is undefined if it has none. */
  checkRequest(match: Match, query: URLSearchParams, body: unknown): readonly string[];
  /** Returns the violations of an answer. `body` is undefined if it has none. */
  checkAnswer(operation: Operation, status: number, body: unknown): readonly string[];
}

/** Parameters that every list takes, although the document lacks them for packages of users. */
const PAGES: ReadonlySet<string> = new Set(['page', 'per_page']);

/** Statuses with which every operation may answer, although the document rarely lists them. */
function isRefusal(status: number): boolean {
  return [400, 401, 403, 404, 422, 429].includes(status) || status >= 500;
}

let loaded: GithubDocument | undefined;

/** Returns the document. Reads it once, and compiles a schema when it is first needed. */
export function githubDocument(): GithubDocument {
  loaded ??= createDocument(
    JSON.parse(
      readFileSync(new URL('./github-operations.json', import.meta.url), 'utf8'),
    ) as Document,
  );
  return loaded;
}

function createDocument({ operations, schemas }: Document): GithubDocument {
  const ajv = new Ajv({ strict: false, allErrors: true, coerceTypes: false, formats: FORMATS });
  ajv.addSchema({ $id: 'github', schemas });
  const compiled = new Map<Schema, ValidateFunction>();
  const validate = (what: string, schema: Schema, value: unknown): readonly string[] => {
    let check = compiled.get(schema);
    if (check === undefined) compiled.set(schema, (check = ajv.compile(absolute(schema))));
    if (check(value)) return [];
    return (check.errors ?? []).map((error) => `${what}${error.instancePath} ${error.message}`);
  };
  return {
    find: (method, path) => findOperation(operations, method, path),
    checkRequest({ operation, path }, query, body) {
      const given = [...Object.entries(path), ...query].map(([name, value]) => {
        const parameter = operation.parameters.find((one) => one.name === name);
        if (parameter === undefined) return PAGES.has(name) ? [] : [`no parameter ${name}`];
        return validate(name, parameter.schema, coerce(parameter.schema, value));
      });
      const missing = operation.parameters.filter(
        (one) => one.in === 'query' && one.required && !query.has(one.name),
      );
      return [
        ...given.flat(),
        ...missing.map(({ name }) => `no ${name}`),
        ...checkBody(operation.body, body, validate),
      ];
    },
    checkAnswer({ answers }, status, body) {
      const schema = answers[status];
      if (schema === undefined && !isRefusal(status)) return [`it never answers ${status}`];
      if (schema === undefined) return validate(`${status}`, ERROR, body);
      if (schema === null || body === undefined) return [];
      return validate(`${status}`, schema, body);
    },
  };
}

const ERROR: Schema = { $ref: '#/schemas/basic-error', required: ['message'] };

type Validate = (what: string, schema: Schema, value: unknown) => readonly string[];

function checkBody(schema: Schema | null, body: unknown, validate: Validate): readonly string[] {
  if (body === undefined) return schema?.['required'] === undefined ? [] : ['no body'];
  if (schema === null) return ['a body, which the operation does not take'];
  const known = new Set(Object.keys(schema['properties'] ?? {}));
  const unknown = Object.keys(body as object).filter((key) => !known.has(key));
  return [
    ...unknown.map((key) => `no property ${key} of the body`),
    ...validate('body', schema, body),
  ];
}

/** Makes the references of a schema absolute, as it is compiled outside the document. */
function absolute(schema: Schema): Schema {
  return JSON.parse(
    JSON.stringify(schema).replaceAll('"#/schemas/', '"github#/schemas/'),
  ) as Schema;
}

function coerce(schema: Schema, value: string): unknown {
  return schema['type'] === 'integer' && /^-?\d+$/.test(value) ? Number(value) : value;
}

/** Finds an operation. Prefers a fixed path such as `/releases/latest` to `/releases/{release_id}`. */
function findOperation(
  operations: readonly Operation[],
  method: string,
  path: string,
): Match | undefined {
  const found = operations.flatMap((operation) => {
    if (operation.method !== method) return [];
    const values = match(operation.path, path);
    return values === undefined ? [] : [{ operation, path: values }];
  });
  return found.toSorted((a, b) => Object.keys(a.path).length - Object.keys(b.path).length)[0];
}

/** Reads the parameters of a path. Only the names of refs contain slashes. */
function match(template: string, path: string): Readonly<Record<string, string>> | undefined {
  const pattern = template.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    name === 'ref' ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  );
  const groups = new RegExp(`^${pattern}$`).exec(path)?.groups;
  if (groups === undefined) return new RegExp(`^${pattern}$`).test(path) ? {} : undefined;
  return Object.fromEntries(
    Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]),
  );
}

const DATE_TIME = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

const FORMATS = {
  uri: (value: string): boolean => URL.canParse(value),
  'date-time': DATE_TIME,
  email: /^[^@\s]+@[^@\s]+$/,
  int64: true,
  'repo.nwo': true,
} as const;
