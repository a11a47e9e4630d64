const throwing = (): never => {
  throw new TypeError('thrown by the value');
};

function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

/** Values that break a check which trusts them. None is of any use as an option. */
export const HOSTILE: readonly (readonly [name: string, value: unknown])[] = [
  ['a revoked proxy of an object', revoked({})],
  ['a revoked proxy of a list', revoked([])],
  ['a proxy whose traps throw', new Proxy({}, { getPrototypeOf: throwing, ownKeys: throwing })],
  ['a proxy whose keys cannot be read', new Proxy({}, { ownKeys: throwing })],
  ['a list whose items cannot be read', new Proxy([1], { get: throwing })],
  ['an object whose conversions throw', { toString: throwing, valueOf: throwing }],
  ['a symbol', Symbol('s')],
  ['a big integer', 10n],
  ['a date that is none', new Date(Number.NaN)],
  ['a map', new Map([['directory', 'sdk']])],
  ['a promise', Promise.resolve('sdk')],
  ['an instance of a class', new URL('https://example.com')],
  ['an object with a prototype of its own', Object.create({ directory: 'sdk' })],
  ['an own key __proto__', JSON.parse('{ "__proto__": { "directory": "sdk" } }')],
  ['a sparse list', Array(3)],
  ['terminal escapes', '\u001b]0;owned\u0007'],
  ['a direction override', '\u202e'],
  ['half a surrogate pair', '\ud800'],
];
