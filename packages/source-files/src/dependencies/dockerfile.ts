import { DockerfileParser, type Flag, type Instruction } from 'dockerfile-ast';
import { expand, type Piece } from './expand.ts';
import { type Found, UnreadableFile } from './found.ts';
import { imageOf, imageWithVariable } from './image-words.ts';

type Range = NonNullable<ReturnType<Flag['getValueRange']>>;

interface File {
  readonly path: string;
  readonly text: string;
  readonly starts: readonly number[];
}

/**
 * Reads the images of a Dockerfile: `FROM`, `COPY --from` and `RUN --mount=from=`. Variables in `FROM` have the
 * defaults of the ARGs before the first stage (https://docs.docker.com/reference/dockerfile/#understand-how-arg-and-from-interact);
 * elsewhere BuildKit refuses them. A name that needs an argument without a default is not known. Throws `UnreadableFile` for
 * the syntax of another frontend.
 */
export function readDockerfile(path: string, text: string): readonly Found[] {
  if (/^\s*(?:\/\/|\{)/.test(text)) throw new UnreadableFile('it is not in the syntax of Docker');
  const file = { path, text, starts: lineStarts(text) };
  const parsed = DockerfileParser.parse(text);
  const values = globalArguments(file, parsed.getInitialARGs());
  const stages: string[] = [];
  const found: Found[] = [];
  const all = parsed
    .getInstructions()
    .flatMap((one) => [
      one,
      ...parsed.getOnbuildTriggers().filter((trigger) => isInside(trigger, one)),
    ]);
  const names = parsed.getFROMs().map((from) => from.getBuildStage()?.toLowerCase() ?? '');
  let from = 0;
  for (const instruction of all) {
    const keyword = instruction.getKeyword();
    if (keyword === 'FROM') {
      const image = parsed.getFROMs()[from];
      const range = image?.getImageRange();
      if (range !== null && range !== undefined)
        found.push(...fromImage(file, range, stages, values));
      stages.push(names[from] ?? '');
      from += 1;
    } else if (keyword === 'COPY' || keyword === 'ADD' || keyword === 'RUN')
      found.push(...flagImages(file, instruction, keyword, names));
  }
  return found;
}

function fromImage(
  file: File,
  range: Range,
  stages: readonly string[],
  values: ReadonlyMap<string, readonly Piece[] | undefined>,
): readonly Found[] {
  const { start, word } = unquoted(file, range);
  if (stages.includes(word.toLowerCase())) return [];
  const lookup = (name: string): readonly Piece[] | undefined => values.get(name);
  const pieces = expand(word, start, lookup);
  const image =
    pieces === undefined
      ? imageWithVariable(file, word, { field: 'FROM', lookup, start, end: start + word.length })
      : imageOf(file, pieces, 'FROM');
  return image === undefined ? [] : [image];
}

/** The images in flags, without names and numbers of stages. */
function flagImages(
  file: File,
  instruction: Instruction,
  keyword: string,
  stages: readonly string[],
): readonly Found[] {
  const flags = 'getFlags' in instruction ? (instruction.getFlags as () => Flag[])() : [];
  return flags.flatMap((flag) => {
    const isMount = keyword === 'RUN' && flag.getName() === 'mount';
    const range = isMount
      ? flag.getOption('from')?.getValueRange()
      : keyword === 'COPY' && flag.getName() === 'from'
        ? flag.getValueRange()
        : null;
    if (range === null || range === undefined) return [];
    const { start, word } = unquoted(file, range);
    if (/[$]|^\d+$/.test(word) || stages.includes(word.toLowerCase())) return [];
    const piece = { text: word, start, end: start + word.length, isLiteral: true };
    const image = imageOf(file, [piece], isMount ? 'RUN --mount=from' : 'COPY --from');
    return image === undefined ? [] : [image];
  });
}

type Arguments = ReturnType<ReturnType<typeof DockerfileParser.parse>['getInitialARGs']>;

/** The defaults of the ARGs before the first FROM; undefined for one without, and for one that is not known. */
function globalArguments(
  file: File,
  instructions: Arguments,
): ReadonlyMap<string, readonly Piece[] | undefined> {
  const values = new Map<string, readonly Piece[] | undefined>();
  for (const property of instructions.flatMap((one) => one.getProperties())) {
    const range = property.getValueRange();
    if (range === null) values.set(property.getName(), undefined);
    else {
      const { start, word } = unquoted(file, range);
      values.set(
        property.getName(),
        expand(word, start, (name) => values.get(name)),
      );
    }
  }
  return values;
}

/** The text of a range, without quotes around it. */
function unquoted(
  { starts, text }: File,
  { end, start }: Range,
): { readonly start: number; readonly word: string } {
  const from = (starts[start.line] ?? 0) + start.character;
  const word = text.slice(from, (starts[end.line] ?? 0) + end.character);
  const quoted = /^(["'])([^"']*)\1$/.exec(word)?.[2];
  return quoted === undefined ? { start: from, word } : { start: from + 1, word: quoted };
}

function isInside(trigger: Instruction, outer: Instruction): boolean {
  const [one, other] = [trigger.getRange(), outer.getRange()];
  return one.start.line >= other.start.line && one.end.line <= other.end.line;
}

/** The parser counts lines as language servers do: `\r\n`, `\n`, and `\r` alone. */
function lineStarts(text: string): readonly number[] {
  return [0, ...[...text.matchAll(/\r\n|\n|\r/g)].map(({ 0: end, index }) => index + end.length)];
}
