import { createHash, type KeyPairKeyObjectResult, randomBytes, sign } from 'node:crypto';
import { canonicalJson } from './canonical-json.ts';
import { checkpointOf, foreignLeaves } from './checkpoint.ts';
import { canonicalEntry } from './log-entry.ts';
import { inclusionPath, leafHash, rootHash } from './merkle-tree.ts';
import { Refusal, type ServiceAnswer } from './service-answer.ts';

/** An entry of the transparency log. */
export interface LoggedEntry {
  /** The id of the tree and the hash of the leaf, in hex: 80 digits. */
  readonly uuid: string;
  /** The index in the whole log, which is not the index in the tree. */
  readonly logIndex: number;
  /** Seconds since 1970. */
  readonly integratedTime: number;
  /** The entry as the log keeps it: `kind`, `apiVersion`, `spec`. */
  readonly body: { readonly kind: string; readonly apiVersion: string; readonly spec: object };
}

interface Stored extends LoggedEntry {
  readonly bytes: Buffer;
  readonly hashes: readonly string[];
}

/** The HTTP interface of Rekor v1: `/api/v1/log` and `/api/v1/index`. */
export interface Rekor {
  readonly entries: readonly LoggedEntry[];
  answer(method: string, url: URL, body: Buffer): ServiceAnswer;
}

/**
 * Older trees of the log have this many entries: so an index in the log is never one in the tree,
 * as with the public log.
 */
const OLDER_ENTRIES = 1000;

/** A log of one tree, in memory, whose origin is `host`. */
export function createRekor(keys: KeyPairKeyObjectResult, host: string): Rekor {
  const log = new Log(keys, host);
  return { entries: log.stored, answer: log.answer.bind(log) };
}

class Log {
  readonly stored: Stored[] = [];
  readonly #leaves = foreignLeaves();
  readonly #treeId = randomBytes(8);
  readonly #keys: KeyPairKeyObjectResult;
  readonly #logId: Buffer;
  readonly #host: string;

  constructor(keys: KeyPairKeyObjectResult, host: string) {
    this.#keys = keys;
    this.#host = host;
    const key = keys.publicKey.export({ type: 'spki', format: 'der' });
    this.#logId = createHash('sha256').update(key).digest();
  }

  answer(method: string, url: URL, body: Buffer): ServiceAnswer {
    const path = url.pathname.replace('/api/v1', '');
    const id = /^\/log\/entries\/([0-9a-f]+)$/.exec(path)?.[1];
    if (method === 'GET' && id !== undefined) return this.#entry(this.#find(id));
    switch (`${method} ${path}`) {
      case 'POST /log/entries':
        return this.#create(JSON.parse(body.toString()));
      case 'GET /log/entries':
        return this.#entry(this.#at(Number(url.searchParams.get('logIndex'))));
      case 'POST /log/entries/retrieve':
        return this.#retrieve(JSON.parse(body.toString()) as Query);
      case 'POST /index/retrieve':
        return this.#search(JSON.parse(body.toString()) as { hash?: string });
      case 'GET /log':
        return this.#state();
      case 'GET /log/publicKey':
        return {
          status: 200,
          body: this.#keys.publicKey.export({ type: 'spki', format: 'pem' }),
          headers: { 'content-type': 'application/x-pem-file' },
        };
      default:
        throw new Refusal(404, `path ${url.pathname} was not found`);
    }
  }

  #create(proposed: unknown): ServiceAnswer {
    const { hashes, ...body } = canonicalEntry(proposed);
    const bytes = Buffer.from(canonicalJson(body));
    const leaf = leafHash(bytes);
    const uuid = `${this.#treeId.toString('hex')}${leaf.toString('hex')}`;
    const location = `/api/v1/log/entries/${uuid}`;
    if (this.#find(uuid) !== undefined) {
      const message = `an equivalent entry already exists in the transparency log with UUID ${uuid}`;
      return { status: 409, body: { code: 409, message }, headers: { location } };
    }
    const logIndex = OLDER_ENTRIES + this.#leaves.length;
    const integratedTime = Math.floor(Date.now() / 1000);
    this.#leaves.push(leaf);
    const entry = { uuid, logIndex, integratedTime, body, bytes, hashes };
    this.stored.push(entry);
    // The Go client finds the entry in the answer by the ETag.
    return { ...this.#entry(entry), status: 201, headers: { location, etag: uuid } };
  }

  #find(id: string): Stored | undefined {
    return this.stored.find(({ uuid }) => uuid === id || uuid.slice(16) === id);
  }

  #at(index: number): Stored | undefined {
    return this.stored.find(({ logIndex }) => logIndex === index);
  }

  #entry(entry: Stored | undefined): ServiceAnswer {
    if (entry === undefined) throw new Refusal(404, 'the requested entry was not found');
    return { status: 200, body: this.#described(entry) };
  }

  #retrieve({ entryUUIDs = [], logIndexes = [] }: Query): ServiceAnswer {
    const found = [
      ...entryUUIDs.map((id) => this.#find(id)),
      ...logIndexes.map((index) => this.#at(index)),
    ];
    const known = found.filter((entry) => entry !== undefined);
    return { status: 200, body: known.map((entry) => this.#described(entry)) };
  }

  #search({ hash = '' }: { hash?: string }): ServiceAnswer {
    const wanted = hash.replace(/^sha256:/, '');
    const found = this.stored.filter(({ hashes }) => hashes.includes(wanted));
    return { status: 200, body: found.map(({ uuid }) => uuid) };
  }

  #state(): ServiceAnswer {
    return {
      status: 200,
      body: {
        treeID: `${this.#treeId.readBigUInt64BE()}`,
        treeSize: this.#leaves.length,
        rootHash: rootHash(this.#leaves).toString('hex'),
        signedTreeHead: this.#checkpoint(),
        inactiveShards: [],
      },
    };
  }

  #described({ uuid, bytes, integratedTime, logIndex }: Stored): object {
    const body = bytes.toString('base64');
    const promised = { body, integratedTime, logID: this.#logId.toString('hex'), logIndex };
    const index = logIndex - OLDER_ENTRIES;
    const inclusionProof = {
      checkpoint: this.#checkpoint(),
      hashes: inclusionPath(index, this.#leaves).map((hash) => hash.toString('hex')),
      logIndex: index,
      rootHash: rootHash(this.#leaves).toString('hex'),
      treeSize: this.#leaves.length,
    };
    const signedEntryTimestamp = this.#sign(canonicalJson(promised)).toString('base64');
    return { [uuid]: { ...promised, verification: { inclusionProof, signedEntryTimestamp } } };
  }

  #checkpoint(): string {
    const origin = `${this.#host} - ${this.#treeId.readBigUInt64BE()}`;
    const sign = (text: string): Buffer => this.#sign(text);
    return checkpointOf({
      leaves: this.#leaves,
      logId: this.#logId,
      name: this.#host,
      origin,
      sign,
    });
  }

  #sign(text: string): Buffer {
    return sign('sha256', Buffer.from(text), this.#keys.privateKey);
  }
}

interface Query {
  readonly entryUUIDs?: readonly string[];
  readonly logIndexes?: readonly number[];
}
