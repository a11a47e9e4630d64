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
import { notesOnFolders } from '../consumers/folders-not-read.ts';
import type { ReleaseDefinition } from '../definition/definition.ts';
import { loadDefinition, locateDefinition } from '../definition/load.ts';
import { sentence } from './at-place.ts';
import { type PackageFacts, packageFacts, type ReleasedFacts } from './facts.ts';
import type { Finding } from './finding.ts';
import { type Fixed, fixAll, withTrueFixes } from './fix.ts';
import { DEFINITION_LOADS, RELEASE_RULES, REPOSITORY_RULES, ruleNames } from './rules/index.ts';
import { LOCKFILE_IN_STEP } from './rules/lockfile-in-step.ts';
import { LOCKFILE_OF_ONE_TOOL } from './rules/lockfile-of-one-tool.ts';
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
  /** Fix what can be fixed, in memory. Otherwise that is tried, to say what can be. */
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
      async (path) => repository.ignoredBy(path),
      released(loaded),
    );
    const all = [...loaded.findings, ...(await runRules(facts, onProgress))];
    const { findings, notes } = withoutAllowed(all, { allow, skip });
    const problems = unreadable(facts, allow[UNREADABLE] ?? []);
    const folders = await notesOnFolders(files, repository.root);
    return { findings, problems, notes: [...loaded.notes, ...notes, ...folders] };
  };
  const files = repository.workingTree();
  const done = await fixAll(files, find);
  const result = fix ? done : onlyFound(done);
  return loaded.file === undefined ? result : { ...result, definition: loaded.file };
}

/** Nothing is changed; what is called fixable has been tried, for a fix may turn out to help nothing. */
function onlyFound({ before, fixed }: Fixed<Diagnosis>): Fixed<Diagnosis> {
  const result = { ...before, findings: withTrueFixes(before.findings, fixed) };
  return { files: [], before, result, fixed: [] };
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
  const inRepository = await findAll(REPOSITORY_RULES, facts, onRule);
  const inWorkflows = await findAll(workflowRules, await workflowFacts(facts), onRule);
  return withoutRepeated([
    ...inRepository,
    ...safeInstalls(inWorkflows, inRepository),
    ...(released === undefined ? [] : await findAll(RELEASE_RULES, released, onRule)),
  ]);
}

/** An install from a lockfile that is out of step fails, so no fix writes one before the lockfile is mended. */
function safeInstalls(
  findings: readonly Finding[],
  inRepository: readonly Finding[],
): readonly Finding[] {
  const isInStep = !inRepository.some(
    ({ path, rule }) =>
      rule === LOCKFILE_IN_STEP.name &&
      !/(?:^|\/)(?:go\.\w+|pyproject\.toml|(?:uv|poetry)\.lock)$/.test(path),
  );
  // Of two lockfiles, only the one that is used was compared.
  const unused = inRepository.flatMap(({ path, rule }) =>
    rule === LOCKFILE_OF_ONE_TOOL.name ? path : [],
  );
  const isSafe = ({ hint, message, rule }: Finding): boolean =>
    !rule.startsWith('install-') ||
    (isInStep && !unused.some((path) => `${message} ${hint}`.includes(path)));
  return findings.map((one) => {
    const { fix: _fix, ...left } = one;
    return isSafe(one) ? one : left;
  });
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
