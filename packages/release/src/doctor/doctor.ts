import { realpathSync } from 'node:fs';
import { relative, sep } from 'node:path';
import type { Repository } from '@ameide/publisher-kit/git';
import {
  didYouMean,
  InvalidInputError,
  type Problem,
  problem,
  type SourceFiles,
} from '@ameide/versioning-core';
import { isNamed } from '../consumers/consumer-paths.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { loadDefinition, locateDefinition } from '../definition/load.ts';
import { sentence } from './at-place.ts';
import { type PackageFacts, packageFacts, type ReleasedFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { type Fixed, fixAll } from './fix.ts';
import { notesOnFolders } from './not-read.ts';
import { DEFINITION_LOADS, RELEASE_RULES, REPOSITORY_RULES, ruleNames } from './rules/index.ts';
import { OTHER_PUBLISHER } from './rules/other-publisher.ts';
import { findAll, withoutAllowed } from './run-rules.ts';
import {
  publishBeside,
  readWorkflowFacts,
  type WorkflowFacts,
  workflowRules,
} from './workflows/index.ts';

export interface DoctorOptions {
  readonly repository: Repository;
  /** As `loadDefinition` takes it. */
  readonly config?: string;
  /** Rules to skip. */
  readonly skip?: readonly string[];
  /** Fix what can be fixed, in memory. */
  readonly fix?: boolean;
  /** Called with what happens next, before each rule. */
  readonly onProgress?: (text: string) => void;
}

const UNREADABLE = 'unreadable-file';

/** What `doctor` found. */
interface Diagnosis {
  readonly findings: readonly Finding[];
  /** What could not be read. */
  readonly problems: readonly Problem[];
  readonly notes: readonly string[];
}

export type DoctorResult = Fixed<Diagnosis> & { readonly definition?: string };

/** Checks the working tree by all rules. Writes nothing. Throws `InvalidInputError` for an unknown rule. */
export async function examine(options: DoctorOptions): Promise<DoctorResult> {
  const { fix = false, onProgress = () => undefined, repository, skip = [] } = options;
  requireFiles(repository);
  requireRules(skip, 'skip');
  const loaded = await load(repository.root, options.config);
  const allow = loaded.definition?.doctor?.allow ?? {};
  requireRules(Object.keys(allow), 'doctor.allow');
  const find = async (files: SourceFiles): Promise<Diagnosis> => {
    onProgress('list the files');
    const facts = await packageFacts(
      files,
      async (path) => repository.ignores(path),
      released(loaded),
    );
    const all = [...loaded.findings, ...(await runRules(facts, onProgress))];
    const { findings, notes } = withoutAllowed(all, { allow, skip });
    const problems = unreadable(facts, allow[UNREADABLE] ?? []);
    const folders = await notesOnFolders(files, repository.root);
    return { findings, problems, notes: [...loaded.notes, ...notes, ...folders] };
  };
  const files = repository.workingTree();
  const result = fix
    ? await fixAll(files, find)
    : { files: [], fixed: [], result: await find(files) };
  return loaded.file === undefined ? result : { ...result, definition: loaded.file };
}

/** A bare repository has no files, so nothing would be found. */
function requireFiles({ gitDirectory, root }: Repository): void {
  if (root !== gitDirectory) return;
  throw new InvalidInputError({
    field: '-C',
    received: root,
    expected: 'a clone with its files, not a bare repository',
  });
}

interface Loaded {
  readonly definition?: ReleaseDefinition;
  readonly file?: string;
  readonly findings: readonly Finding[];
  readonly notes: readonly string[];
}

/** Without a definition, or with one that cannot be loaded, only the rules that need none are run. */
async function load(root: string, config: string | undefined): Promise<Loaded> {
  let file: string | undefined;
  try {
    file = shownPath(root, locateDefinition(root, config));
    const definition = await loadDefinition(root, config);
    return { definition, file, findings: [], notes: [] };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    if (file !== undefined)
      return { file, findings: [notLoaded(file, error)], notes: [notRun('cannot be loaded')] };
    if (config !== undefined || error.code !== 'no-config') throw error;
    const hint = 'ameide-release init writes one.';
    return { findings: [], notes: [`${notRun('is missing')} ${hint}`] };
  }
}

function notRun(why: string): string {
  return `The release definition ${why}, so what is published here is not known, and ${RELEASE_RULES.length} rules were not run.`;
}

function notLoaded(path: string, { field, hint, message }: InvalidInputError): Finding {
  return {
    rule: DEFINITION_LOADS.name,
    message: sentence(`The release definition cannot be loaded: ${message}`),
    hint: hint ?? `Correct ${field}.`,
    path,
  };
}

function shownPath(root: string, file: string): string {
  const path = relative(realpathSync(root), file).split(sep).join('/');
  return path.startsWith('../') ? file : path;
}

function released({ definition, file }: Loaded): Parameters<typeof packageFacts>[2] {
  return definition === undefined || file === undefined ? undefined : { definition, file };
}

async function runRules(
  facts: PackageFacts,
  onProgress: (text: string) => void,
): Promise<readonly Finding[]> {
  const { paths } = facts.reader;
  const onRule = (name: string): void => onProgress(`rule ${name} (${paths.length} files)`);
  const { release } = facts;
  const released: ReleasedFacts | undefined =
    release === undefined ? undefined : { ...facts, release };
  return withoutRepeated([
    ...(await findAll(REPOSITORY_RULES, facts, onRule)),
    ...(await findAll(workflowRules, await workflowFacts(facts), onRule)),
    ...(released === undefined ? [] : await findAll(RELEASE_RULES, released, onRule)),
  ]);
}

/** A script that publishes, and that a workflow calls, is reported once: by `publish-beside`. */
function withoutRepeated(findings: readonly Finding[]): readonly Finding[] {
  const placeOf = ({ line = 0, path }: Finding): string => `${path}:${line}`;
  const reported = new Set(findings.filter(({ rule }) => rule === publishBeside.name).map(placeOf));
  return findings.filter(
    (one) =>
      one.rule !== OTHER_PUBLISHER.name || one.line === undefined || !reported.has(placeOf(one)),
  );
}

async function workflowFacts({ files, release }: PackageFacts): Promise<WorkflowFacts> {
  const published = (release?.published ?? []).flatMap(({ name, ...one }) =>
    name === undefined ? [] : [{ ...one, name }],
  );
  return readWorkflowFacts(files, published);
}

/** A file that cannot be read may hide a finding: the result is incomplete. */
function unreadable({ reader }: PackageFacts, allowed: readonly string[]): readonly Problem[] {
  return [...reader.unreadable]
    .filter(([path]) => !isNamed(path, allowed))
    .map(([path, reason]) =>
      problem({
        code: UNREADABLE,
        kind: 'incomplete',
        message: `${path} could not be read: ${reason}.`,
        hint: `Correct it; or, if it is meant to be like that, allow it in the definition: doctor: { allow: { '${UNREADABLE}': ['${path}'] } }`,
        path,
        rerun: 'after-fix',
      }),
    );
}

function requireRules(names: readonly string[], field: string): void {
  const known = [...ruleNames(), UNREADABLE];
  const wrong = names.find((name) => !known.includes(name));
  if (wrong === undefined) return;
  throw new InvalidInputError({
    field,
    received: wrong,
    expected: 'the name of a rule',
    hint: didYouMean(wrong, known) ?? `The rules are: ${known.join(', ')}.`,
  });
}
