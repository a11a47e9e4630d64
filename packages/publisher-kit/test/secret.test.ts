import { inspect } from 'node:util';
import { createRedactor, Secret, secretVariables, toSecret } from '@ameide/publisher-kit';
import { describe, expect, test } from 'vitest';

const TOKEN = 'npm_a1B2c3D4e5F6g7H8';

describe('Secret', () => {
  const secret = new Secret(TOKEN);

  test('shows as [secret] wherever it is printed', () => {
    const shown = [
      // oxlint-disable-next-line typescript/restrict-template-expressions -- the mistake that this class is for
      `${secret}`,
      String(secret),
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ deep: [secret] }, { showHidden: true, depth: 9 }),
    ];
    shown.push(
      inspect(new Error('failed', { cause: secret })),
      JSON.stringify(structuredClone(secret)),
      Object.entries(secret).join(),
    );
    for (const text of shown) expect(text).not.toContain(TOKEN);
    expect(shown.slice(0, 4)).toEqual([
      '[secret]',
      '[secret]',
      '{"secret":"[secret]"}',
      '[secret]',
    ]);
  });

  test('is revealed when asked', () => {
    expect(secret.reveal()).toBe(TOKEN);
  });
});

describe('toSecret', () => {
  test('takes text, a Secret or a function of either', () => {
    const secret = new Secret(TOKEN);
    for (const input of [TOKEN, secret, () => TOKEN, () => secret])
      expect(toSecret(input)?.reveal()).toBe(TOKEN);
    expect(toSecret(secret)).toBe(secret);
  });

  test('takes off the white space of a token file', () => {
    expect(toSecret(` ${TOKEN}\r\n`)?.reveal()).toBe(TOKEN);
    expect(toSecret(new Secret(`${TOKEN}\n`))?.reveal()).toBe(TOKEN);
  });

  test('counts nothing, and an empty text, as none', () => {
    for (const input of [undefined, '', ' \n', () => undefined, () => '', new Secret('')])
      expect(toSecret(input)).toBeUndefined();
  });
});

describe('redaction', () => {
  const forms = (value: string): readonly string[] => [
    value,
    encodeURIComponent(value),
    encodeURIComponent(value).replace(/%[0-9A-F]{2}/g, (c) => c.toLowerCase()),
    new URLSearchParams({ v: value }).toString().slice(2),
    JSON.stringify(value),
    // Python's quote and json.dumps, Go's json.Marshal.
    encodeURIComponent(value).replaceAll('%2F', '/'),
    JSON.stringify(value).replace(
      /[<>&]|[^\x20-\x7e]/g,
      (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
    ),
    Buffer.from(value).toString('base64'),
    Buffer.from(value).toString('base64url'),
  ];

  test.each([
    TOKEN,
    'p@ss/word+with=signs',
    'sp ace "quote" \\back',
    'ключ-пароль',
    "(paren)!*'",
    'abcd',
    '~~~???>>>',
    'a+b/c===',
  ])('finds every form of %s, and leaves the rest', (value) => {
    const redactor = createRedactor([new Secret(value)]);
    for (const form of forms(value)) {
      const text = `before <${form}> after`;
      expect(redactor.redact(text)).toMatch(/^before <"?\[secret\]"?> after$/);
    }
  });

  test.each(['', 'a', 'ab', 'abc', 'abcd', '__token__', 'x-access-token', '用户'])(
    'finds it in the Basic pair of user %j',
    (user) => {
      const redactor = createRedactor([TOKEN]);
      for (const encoding of ['base64', 'base64url'] as const) {
        const pair = Buffer.from(`${user}:${TOKEN}`).toString(encoding);
        expect(redactor.redact(`authorization: Basic ${pair}`)).toBe(
          'authorization: Basic [secret]',
        );
        const longer = Buffer.from(`{"auths":{"h":{"password":"${TOKEN}"}}}${user}`).toString(
          encoding,
        );
        expect(redactor.redact(`"${longer}"`)).toBe('"[secret]"');
      }
    },
  );

  test('takes the longer of two that overlap, and every occurrence', () => {
    const redactor = createRedactor(['abcdef', 'defghi', 'abcdefgh']);
    expect(redactor.redact('abcdefgh abcdefghi abcdef')).toBe('[secret] [secret] [secret]');
    expect(redactor.redact('abcdefabcdef')).toBe('[secret][secret]');
  });

  test('finds each line of a multi-line secret', () => {
    const key =
      '-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG\nSw0BAQEFAASCBKcwggSj\n-----END KEY-----\n';
    const redactor = createRedactor([key]);
    expect(redactor.redact('line: Sw0BAQEFAASCBKcwggSj')).toBe('line: [secret]');
    expect(redactor.redact('-----BEGIN KEY-----')).toBe('-----BEGIN KEY-----');
    expect(redactor.redact(`all: ${JSON.stringify(key)}`)).toBe('all: "[secret]"');
  });

  test('does not look for secrets of fewer than four characters', () => {
    const redactor = createRedactor(['', 'e', 'abc']);
    expect(redactor.redact('the abc')).toBe('the abc');
  });

  test('learns later ones', () => {
    const redactor = createRedactor();
    expect(redactor.redact(TOKEN)).toBe(TOKEN);
    redactor.add(new Secret(TOKEN));
    expect(redactor.redact(TOKEN)).toBe('[secret]');
  });

  test('takes time in proportion to the text', () => {
    const redactor = createRedactor([TOKEN]);
    const long = 'A'.repeat(4_000_000);
    expect(redactor.redact(`${long}${Buffer.from(`u:${TOKEN}`).toString('base64')}`)).toBe(
      '[secret]',
    );
    expect(redactor.redact(long)).toBe(long);
  });
});

describe('a secret that something interrupts', () => {
  const JWT = Buffer.from(`{"alg":"none"}${'0123456789abcdef'.repeat(12)}`).toString('base64url');
  const wrapped = (text: string, columns: number, end = '\n'): string =>
    text.replaceAll(new RegExp(`.{${columns}}`, 'g'), (line) => line + end);

  test.each([
    ['a colour', `${TOKEN.slice(0, 8)}\u001b[1;31m${TOKEN.slice(8)}`],
    ['a colour, escaped in JSON', JSON.stringify(`${TOKEN.slice(0, 8)}\u001b[0m${TOKEN.slice(8)}`)],
    ['a link', `${TOKEN.slice(0, 8)}\u001b]8;;https://x\u0007${TOKEN.slice(8)}`],
    ['a line end', `${TOKEN.slice(0, 8)}\r\n   ${TOKEN.slice(8)}`],
    ['a line end, escaped in JSON', `${TOKEN.slice(0, 8)}\\n${TOKEN.slice(8)}`],
    ['a zero-width space', `${TOKEN.slice(0, 8)}\u200b${TOKEN.slice(8)}`],
    ['a backspace', `${TOKEN.slice(0, 8)}\b${TOKEN.slice(8)}`],
  ])('is found: %s', (_what, text) => {
    expect(createRedactor([TOKEN]).redact(`<${text}>`)).toMatch(/^<"?\[secret\]"?>$/);
  });

  test.each([60, 64, 76])('is found in base64 of %i columns, at any offset', (columns) => {
    for (const secret of [TOKEN, JWT]) {
      const redactor = createRedactor([secret]);
      for (let before = 0; before < columns + 3; before++) {
        const text = `${'x'.repeat(before)}${secret}${'y'.repeat(40)}`;
        const shown = redactor.redact(wrapped(Buffer.from(text).toString('base64'), columns));
        const rest = Buffer.from(shown.replaceAll(/\[secret\]|\n/g, ''), 'base64').toString();
        expect(shown).toContain('[secret]');
        expect(rest).not.toContain(secret.slice(3, 9));
        expect(rest).not.toContain(secret.slice(-9, -3));
      }
    }
  });

  test('is found in hexadecimal', () => {
    const redactor = createRedactor([TOKEN]);
    for (const hex of [
      Buffer.from(TOKEN).toString('hex'),
      Buffer.from(TOKEN).toString('hex').toUpperCase(),
    ])
      expect(redactor.redact(`<${hex}>`)).toBe('<[secret]>');
  });

  test('that goes on later begins at openEnd', () => {
    const redactor = createRedactor([TOKEN]);
    expect(redactor.openEnd(`the token ${TOKEN.slice(0, 9)}`)).toBe(10);
    expect(redactor.openEnd(`the token ${TOKEN.slice(0, 9)}\n`)).toBe(10);
    expect(redactor.openEnd('an ordinary line\n')).toBe(17);
    expect(redactor.openEnd(`whole: ${TOKEN}`)).toBe(`whole: ${TOKEN}`.length);
    const encoded = Buffer.from(`xy${TOKEN}`).toString('base64');
    expect(redactor.openEnd(encoded.slice(0, 20))).toBeLessThan(5);
  });

  test('costs time in proportion to the text, whatever the text is', () => {
    const redactor = createRedactor([TOKEN, JWT]);
    for (const text of ['\u001b]'.repeat(200_000), ' '.repeat(400_000), '\n'.repeat(400_000)]) {
      expect(redactor.redact(text)).toBe(text);
      expect(redactor.openEnd(text)).toBe(text.length);
    }
  });
});

describe('the variables that hold secrets', () => {
  test.each([
    'NPM_TOKEN',
    'GHTOKEN',
    'PGPASSWORD',
    'MYSQL_PWD',
    'npm_token',
    'npm_config_//registry.npmjs.org/:_authToken',
    'npm_config__auth',
    'AWS_SECRET_ACCESS_KEY',
    'AZURE_CLIENT_SECRET',
    'OPENAI_API_KEY',
    'APIKEY',
    'DEPLOY_KEY_B64',
    'NPM_TOKEN_2',
    'GPG_PASSPHRASE',
    'GH_PAT',
    'VAULT_CREDENTIALS',
    'DB_PASS',
    'SLACK_WEBHOOK',
  ])('%s', (name) => {
    expect([...secretVariables({ [name]: 'a1b2c3d4e5' })]).toEqual([[name, ['a1b2c3d4e5']]]);
  });

  test('the password of an address, whatever the variable is called', () => {
    const found = secretVariables({
      DATABASE_URL: 'postgres://me:p%40ss@host/db',
      HTTPS_PROXY: 'http://proxy:8080',
    });
    expect([...found]).toEqual([['DATABASE_URL', ['p%40ss', 'p@ss']]]);
  });

  test.each(['PATH', 'PWD', 'OLDPWD', 'TOKENIZER', 'SECRETARY', 'MONKEY', 'KEYBOARD', 'COMPASS'])(
    '%s holds none',
    (name) => {
      expect([...secretVariables({ [name]: 'a1b2c3d4e5' })]).toEqual([]);
    },
  );

  test('a value of fewer than eight characters is none', () => {
    expect([...secretVariables({ NPM_TOKEN: 'a1b2c3d' })]).toEqual([]);
  });
});
