import type { ShellCommand } from '@ameide/source-files/workflows';
import type { Call } from './calls.ts';

/** Programs that build, test and look around: none of them writes to GitHub or asks for an identity. */
const BUILDING = new Set(
  `echo printf cd mkdir cp mv rm ls cat test [ [[ set export unset true false : tee sleep exit return source . which command chmod touch head tail grep sed gsed awk tr cut sort uniq wc find xargs diff pwd pushd popd date jq yq local read shift declare readonly basename dirname sponge
  tsc vitest jest mocha eslint prettier biome oxlint playwright cypress rimraf tsup vite webpack rollup esbuild c8 nyc tap ava knip turbo nx
  go gofmt golangci-lint staticcheck gotestsum pytest unittest venv compileall ruff mypy pyright black isort flake8 pip pip3 uv poetry pdm hatch coverage build
  cargo rustup make gmake cmake ninja gcc g++ javac mvn gradle protoc buf apt-get apt brew tar unzip zip gzip corepack bash sh zsh dash tox nox`.split(
    /\s+/,
  ),
);

/** Programs that also run what their own files say: only words for building and testing are safe. */
const RUNNERS = /^(?:cargo|mvn|gradle|cmake|ninja|tox|nox|hatch|pdm|poetry)$/;
const RELEASING = /release|publish|deploy|version|bump|tag|sync|push|commit|xtask|^run$/i;

/** What a script or a program of the repository is called that writes to a host of git. */
export function isReleaseName(name: string): boolean {
  return RELEASING.test(name);
}

export function isBuildProgram(name: string): boolean {
  return BUILDING.has(name);
}

/** True for a call that only builds, tests or looks around; what it calls in turn is another question. */
export function isBuilding({ args, program }: Call): boolean {
  if (!BUILDING.has(program)) return false;
  const values = args.map(({ value }) => value);
  if (program === 'go') return values[0] !== 'run' && values[0] !== 'generate';
  if (program === 'find') return !values.some((one) => /^-(?:exec|ok)/.test(one));
  return !RUNNERS.test(program) || !values.some((one) => RELEASING.test(one));
}

const INTERPRETER = /^(?:node|python[\d.]*|deno|bun|tsx|ts-node|ruby|php)$/;
const ASKING = /^(?:--version|-v|-V|--help|--test)$/;
const INLINE = /^(?:-[cepE]|--eval|--print|-)$/;

/** True for a program in another language: what it does is not seen, unless it is short and says so. */
export function isForeignCode({ args, program }: Call, { redirects }: ShellCommand): boolean {
  if (program === 'go') return args[0]?.value === 'run' || args[0]?.value === 'generate';
  if (!INTERPRETER.test(program)) return false;
  const [first = '', code = ''] = args.map(({ value }) => value);
  if (program === 'bun' || ASKING.test(first)) return false;
  const text = [code, ...redirects.map(({ body = '' }) => body)].join('\n');
  return !INLINE.test(first) || isForeignText(text);
}

/** True for code in another language that may run git. */
export function isForeignText(code: string): boolean {
  return /\bgit\b|push|subprocess|child_process|system\(|exec|spawn|Popen|import_module/i.test(
    code,
  );
}
