import { cleanText, createLineReader, type Redactor, shownLines } from '@ameide/publisher-kit';
import { parseTrace, type Vertex } from './build-trace.ts';

/** How many lines of a failed step to show; as many as of a program. */
const SHOWN_LINES = 10;

type LineReader = ReturnType<typeof createLineReader>;

/** Returns a promise while it cannot keep up. */
type Show = (line: string) => void | PromiseLike<void>;

/** Removes secrets from what a build prints. */
type Redacting = Pick<Redactor, 'redact' | 'openEnd'>;

interface BuildStep {
  name: string;
  started: boolean;
  error: string;
  /** The last lines that it printed. */
  readonly lines: string[];
  /** One reader for each stream, because a line may arrive in pieces. */
  readonly readers: Map<number, LineReader>;
}

/**
 * Shows every line that a build prints, under the name of its step, and keeps the last lines of
 * each step. Redacts all of them.
 */
export class BuildLog {
  readonly #redactor: Redacting;
  readonly #show: Show;
  readonly #steps = new Map<string, BuildStep>();
  /** The step whose name was shown last. */
  #current: BuildStep | undefined;

  constructor(redactor: Redacting, show: Show) {
    this.#redactor = redactor;
    this.#show = show;
  }

  /** Takes the `aux` of a line `moby.buildkit.trace`. Resolves when its lines are shown. */
  async trace(aux: string): Promise<void> {
    const { vertices, logs } = parseTrace(aux);
    for (const vertex of vertices) this.#vertex(vertex);
    for (const { vertex, stream, bytes } of logs)
      await this.#read(this.#step(vertex), stream, bytes);
  }

  /** Takes the `stream` of a line from a builder without steps: the classic one, or Podman's. */
  async print(text: string): Promise<void> {
    await this.#read(this.#step(''), 1, Buffer.from(text));
  }

  /** Call it after the last line. */
  end(): void {
    for (const step of this.#steps.values()) close(step);
  }

  /** Returns the last lines of the step that failed with `error`; none if that step is unknown. */
  lastLines(error: string): readonly string[] {
    const failed = [...this.#steps.values()].find(
      (step) => step.error !== '' && error.includes(step.error),
    );
    return (failed ?? this.#steps.get(''))?.lines ?? [];
  }

  #vertex({ digest, name, cached, started, completed, error }: Vertex): void {
    const step = this.#step(digest);
    const begins = started && !step.started;
    step.name = cleanText(this.#redactor.redact(name));
    step.started ||= started;
    if (error !== '') step.error = error;
    if (completed) close(step);
    if (begins) this.#enter(step, cached ? ' (cached)' : '');
  }

  #step(digest: string): BuildStep {
    const known = this.#steps.get(digest);
    if (known !== undefined) return known;
    const step: BuildStep = { name: '', started: false, error: '', lines: [], readers: new Map() };
    this.#steps.set(digest, step);
    return step;
  }

  #read(step: BuildStep, stream: number, bytes: Uint8Array): void | PromiseLike<void> {
    let reader = step.readers.get(stream);
    if (reader === undefined) {
      reader = createLineReader(this.#redactor, (line) => this.#line(step, line));
      step.readers.set(stream, reader);
    }
    return reader.write(bytes);
  }

  #line(step: BuildStep, line: string): void | PromiseLike<void> {
    this.#enter(step);
    const shown = this.#show(line);
    step.lines.push(...shownLines(line));
    step.lines.splice(0, Math.max(0, step.lines.length - SHOWN_LINES));
    return shown;
  }

  /**
   * Steps run in parallel, so their names are shown again when the lines switch to another step.
   */
  #enter(step: BuildStep, more = ''): void {
    if (this.#current === step) return;
    this.#current = step;
    if (step.name !== '') void this.#show(`${step.name}${more}`);
  }
}

function close(step: BuildStep): void {
  for (const reader of step.readers.values()) void reader.end();
}
