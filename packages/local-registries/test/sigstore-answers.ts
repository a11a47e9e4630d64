import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  sign,
  X509Certificate,
} from 'node:crypto';
import { Certificate, type Extension } from 'pkijs';
import type { ClaimChanges, RunningIdentityIssuer } from '../src/index.ts';

/** What a Sigstore, real or not, answers to requests of all kinds; in a form that is the same in each run. */
export interface SigstoreAnswers {
  readonly fulcio: Readonly<Record<string, unknown>>;
  readonly rekor: Readonly<Record<string, unknown>>;
  readonly timestamps: Readonly<Record<string, unknown>>;
}

interface Addresses {
  readonly fulcioUrl: string;
  readonly rekorUrl: string;
  readonly tsaUrl: string;
}

const SUBJECT = 'repo:octo/sdks:ref:refs/heads/main';
const CLAIMS: ClaimChanges = { repository: 'octo/sdks', aud: 'sigstore' };
const FILE = Buffer.from('the wheel');

/** Asks a Sigstore with Rekor v2, and the issuer that it trusts. */
export async function sigstoreAnswers(
  sigstore: Addresses,
  issuer: RunningIdentityIssuer,
): Promise<SigstoreAnswers> {
  return {
    fulcio: await fulcioAnswers(sigstore, issuer),
    rekor: await rekorAnswers(sigstore, issuer),
    timestamps: await timestampAnswers(sigstore),
  };
}

async function fulcioAnswers({ fulcioUrl }: Addresses, issuer: RunningIdentityIssuer) {
  const ask = async (changes: ClaimChanges, proven = SUBJECT): Promise<unknown> => {
    const token = issuer.token({ ...CLAIMS, ...changes });
    const { answer } = await certify(fulcioUrl, token, proven);
    return { ...answer, body: withoutIssuer(described(answer.body), issuer) };
  };
  return {
    'a token of a job': await ask({}),
    'a token of a job with an environment': await ask(
      { environment: 'release' },
      'repo:octo/sdks:environment:release',
    ),
    'an expired token': await ask({ exp: 1, iat: 1 }),
    'a token that is not valid yet': await ask({ nbf: 4_000_000_000 }),
    'a token for another audience': await ask({ aud: 'pypi' }),
    'a token of an unknown issuer': await ask({ iss: 'https://issuer.example' }),
    'a token without a claim that the certificate needs': withoutMessage(
      await ask({ job_workflow_ref: undefined }),
    ),
    'no token': (await certify(fulcioUrl, '', SUBJECT)).answer,
    'no token at all, but some text': (await certify(fulcioUrl, 'abc', SUBJECT)).answer,
    'a key that the client does not have': await ask({}, 'repo:mallory/sdks'),
  };
}

async function rekorAnswers({ fulcioUrl, rekorUrl }: Addresses, issuer: RunningIdentityIssuer) {
  const { certificate, privateKey } = await certify(fulcioUrl, issuer.token(CLAIMS), SUBJECT);
  const entries = `${rekorUrl}/api/v2/log/entries`;
  const entry = {
    digest: createHash('sha256').update(FILE).digest('base64'),
    signature: {
      content: sign('sha256', FILE, privateKey).toString('base64'),
      verifier: {
        keyDetails: 'PKIX_ECDSA_P256_SHA_256',
        x509Certificate: { rawBytes: certificate.raw.toString('base64') },
      },
    },
  };
  const first = await post(entries, { hashedRekordRequestV002: entry });
  const again = await post(entries, { hashedRekordRequestV002: entry });
  return {
    'a signature': { ...first, body: shapeOf(first.body) },
    'the same again': {
      ...again,
      body: JSON.parse(JSON.stringify(again.body).replace(/index \d+/, 'index N')),
    },
    'an envelope': await post(entries, { dsseRequestV002: {} }),
    nothing: await post(entries, {}),
    'a digest of another length': await post(entries, {
      hashedRekordRequestV002: { ...entry, digest: 'AAAA' },
    }),
    'another path': await post(`${rekorUrl}/api/v2/log/other`, {}),
  };
}

async function timestampAnswers({ tsaUrl }: Addresses) {
  const ask = async (body: object): Promise<Answer> => post(`${tsaUrl}/api/v1/timestamp`, body);
  const artifactHash = createHash('sha256').update(FILE).digest('base64');
  return {
    'a SHA-256': await ask({ artifactHash, hashAlgorithm: 'sha256', certificates: true }),
    'an unknown algorithm': await ask({ artifactHash, hashAlgorithm: 'md5' }),
    nothing: await ask({}),
  };
}

interface Answer {
  readonly status: number;
  readonly type: string | null;
  readonly body: unknown;
}

async function post(url: string, body: object): Promise<Answer> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const bytes = Buffer.from(await response.arrayBuffer());
  const type = response.headers.get('content-type');
  return {
    status: response.status,
    type,
    body: bytes[0] === 0x30 ? '<DER>' : JSON.parse(bytes.toString()),
  };
}

async function certify(fulcioUrl: string, token: string, subject: string) {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const answer = await post(`${fulcioUrl}/api/v2/signingCert`, {
    credentials: { oidcIdentityToken: token },
    publicKeyRequest: {
      publicKey: {
        algorithm: 'ECDSA',
        content: publicKey.export({ type: 'spki', format: 'pem' }),
      },
      proofOfPossession: sign('sha256', Buffer.from(subject), privateKey).toString('base64'),
    },
  });
  return { answer, privateKey, certificate: certificateIn(answer.body) } as {
    readonly answer: Answer;
    readonly privateKey: KeyObject;
    readonly certificate: X509Certificate;
  };
}

function certificateIn(body: unknown): X509Certificate | undefined {
  const { signedCertificateEmbeddedSct: signed } = body as {
    readonly signedCertificateEmbeddedSct?: {
      readonly chain: { readonly certificates: readonly [string] };
    };
  };
  return signed && new X509Certificate(signed.chain.certificates[0]);
}

/** A certificate as what it says; everything else as it is. */
function described(body: unknown): unknown {
  const certificate = certificateIn(body);
  if (certificate === undefined) return body;
  const { raw, subject, validFromDate, validToDate } = certificate;
  const { extensions = [] } = Certificate.fromBER(Uint8Array.from(raw));
  const values = extensions.map((one) => [one.extnID, valueOf(one)]);
  return {
    signedCertificateEmbeddedSct: {
      subject: subject ?? '',
      minutes: (validToDate.getTime() - validFromDate.getTime()) / 60_000,
      extensions: Object.fromEntries(values.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1))),
    },
  };
}

/** Keys, their identifiers and the proof of the certificate's log differ each time. */
const CHANGING = /^(?:2\.5\.29\.(?:14|35)|1\.3\.6\.1\.4\.1\.11129\.2\.4\.2)$/;

function valueOf({ critical, extnID, extnValue }: Extension): string {
  const bytes = Buffer.from(extnValue.valueBlock.valueHexView);
  return `${critical ? 'critical ' : ''}${CHANGING.test(extnID) ? '…' : textOf(bytes)}`;
}

/** A UTF8String in DER, a bare string, or hexadecimal digits. */
function textOf(bytes: Buffer): string {
  if (bytes[0] === 0x0c)
    return `UTF8String ${bytes.toString('utf8', (bytes[1] ?? 0) < 0x80 ? 2 : 3)}`;
  return bytes[0] === 0x30 || bytes[0] === 0x03 ? bytes.toString('hex') : bytes.toString();
}

function withoutIssuer(value: unknown, { issuer }: RunningIdentityIssuer): unknown {
  return JSON.parse(JSON.stringify(value).replaceAll(issuer, 'ISSUER'));
}

/** Fulcio writes the error of its templates. */
function withoutMessage(answer: unknown): unknown {
  const { body, ...rest } = answer as Answer;
  return { ...rest, body: { ...(body as object), message: '…' } };
}

/** An entry of the log: numbers and bytes differ each time, and there may be other entries. */
function shapeOf(value: unknown, key = ''): unknown {
  if (key === 'hashes') return '<list>';
  if (key === 'canonicalizedBody')
    return shapeOf(JSON.parse(Buffer.from(String(value), 'base64').toString()));
  if (typeof value === 'string') return value.replace(/\S+/g, shapeOfWord);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, shapeOf(one, name)]));
}

function shapeOfWord(word: string): string {
  if (/^\d+$/.test(word)) return '<digits>';
  return /^[A-Za-z0-9+/]{20,}=*$/.test(word) &&
    Buffer.from(word, 'base64').length > 20 &&
    !word.startsWith('PKIX')
    ? '<base64>'
    : word;
}
