// The part of GitHub's expressions (docs.github.com: "Evaluate expressions in workflows and actions") that our
// workflow files use. Anything else is refused: an expression that we read wrongly would prove nothing.

export type Value = string | boolean | Context;

/** A context such as `github`; a property that is absent is the empty string. */
export interface Context {
  readonly [name: string]: Value | undefined;
}

/** Replaces each `${{ … }}` of a text. */
export function interpolate(text: string, contexts: Context): string {
  return text.replace(/\$\{\{(.*?)\}\}/gs, (_, expression: string) => {
    const value = evaluate(expression, contexts);
    if (typeof value === 'object') throw new Error(`${expression.trim()} is no plain value`);
    return String(value);
  });
}

/** Evaluates one expression, with or without its `${{ }}`. */
export function evaluate(expression: string, contexts: Context): Value {
  const inner = /^\s*\$\{\{(.*)\}\}\s*$/s.exec(expression)?.[1] ?? expression;
  const tokens = tokenize(inner);
  const value = parseOr(tokens, contexts);
  if (tokens.length > 0) throw new Error(`not understood: ${tokens.join(' ')} in ${inner}`);
  return value;
}

export function isTruthy(value: Value): boolean {
  return value !== '' && value !== false;
}

const TOKEN = /\s*(&&|\|\||==|!=|!|\(|\)|'(?:[^']|'')*'|[\w-]+(?:\.[\w-]+)*)/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (text.slice(TOKEN.lastIndex).trim() !== '') {
    const from = TOKEN.lastIndex;
    const found = TOKEN.exec(text)?.[1];
    if (found === undefined) throw new Error(`not understood: ${text.slice(from)}`);
    tokens.push(found);
  }
  return tokens;
}

// As in JavaScript, `&&` and `||` return one of their operands.
function parseOr(tokens: string[], contexts: Context): Value {
  let value = parseAnd(tokens, contexts);
  while (tokens[0] === '||') {
    tokens.shift();
    const right = parseAnd(tokens, contexts);
    if (!isTruthy(value)) value = right;
  }
  return value;
}

function parseAnd(tokens: string[], contexts: Context): Value {
  let value = parseEquality(tokens, contexts);
  while (tokens[0] === '&&') {
    tokens.shift();
    const right = parseEquality(tokens, contexts);
    if (isTruthy(value)) value = right;
  }
  return value;
}

function parseEquality(tokens: string[], contexts: Context): Value {
  const left = parseUnary(tokens, contexts);
  if (tokens[0] !== '==' && tokens[0] !== '!=') return left;
  const isEqual = tokens.shift() === '==';
  const right = parseUnary(tokens, contexts);
  // GitHub converts values of different types to numbers; no expression of ours needs that.
  if (typeof left !== 'string' || typeof right !== 'string')
    throw new Error('only strings are compared here');
  return (left.toLowerCase() === right.toLowerCase()) === isEqual;
}

function parseUnary(tokens: string[], contexts: Context): Value {
  const token = tokens.shift();
  if (token === '!') return !isTruthy(parseUnary(tokens, contexts));
  if (token === '(') {
    const value = parseOr(tokens, contexts);
    if (tokens.shift() !== ')') throw new Error('a parenthesis is not closed');
    return value;
  }
  if (token?.startsWith("'") === true) return token.slice(1, -1).replaceAll("''", "'");
  if (token === 'true' || token === 'false') return token === 'true';
  if (token === undefined || !/^[a-z]/i.test(token)) throw new Error(`not understood: ${token}`);
  if (tokens[0] === '(') throw new Error(`the function ${token} is not known here`);
  return lookUp(token, contexts);
}

function lookUp(path: string, contexts: Context): Value {
  const [context = '', ...names] = path.split('.');
  const first = contexts[context];
  if (first === undefined) throw new Error(`the context ${context} is not known here`);
  return names.reduce<Value>(
    (value, name) => (typeof value === 'object' ? (value[name] ?? '') : ''),
    first,
  );
}
