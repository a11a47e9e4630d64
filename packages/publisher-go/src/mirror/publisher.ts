import { settleAll } from '@ameide/publisher-kit';
import {
  managesName,
  type Problem,
  type Published,
  type Publisher,
  type SourceTree,
  type Step,
} from '@ameide/versioning-core';
import { matchesPathMajor } from '@ameide/versioning-core/go';
import { openAccess, type PushAccess } from '../access.ts';
import { mirrorShared, validateAddress } from '../module/address.ts';
import { readLinkedModules } from '../module/members.ts';
import type { ParsedOptions } from '../options.ts';
import { type MirrorProvenance, mirrorProvenance } from '../provenance/mirror-provenance.ts';
import { provenanceFlaws } from '../provenance/problems.ts';
import { type ModuleAtCommit, pathsFromCheckout, validateModule } from '../validate.ts';
import { buildCommit } from './build.ts';
import type { MirrorContent } from './commit.ts';
import { describeMirrored } from './describe.ts';
import { type MirrorHost, openHost } from './host.ts';
import { inspectPlan } from './inspect.ts';
import { readLeftOut } from './left-out.ts';
import { type Mirror, openMirror } from './mirror.ts';
import { mirrorNotes } from './notes.ts';
import { type Branches, type MirrorBuilt, type MirrorPlan, planMirror } from './plan.ts';
import { moveMirrorBranch, type PromotePorts, promoteMirror, readPointers } from './promote.ts';
import { publishMirror } from './publish.ts';
import { highestFirst, versionTags } from './refs.ts';
import { rehearseMirror } from './rehearse.ts';
import { removeSourceTags } from './remove.ts';
import { checkTakeOver } from './take-over.ts';
import { inspectCoordinate } from './trace.ts';
import { loadCommit, saveCommit } from './transfer.ts';
import { checkGo } from './verify.ts';
import { listVersions } from './versions.ts';

interface Input {
  readonly source: SourceTree;
  readonly module: ModuleAtCommit & { readonly fromCheckout: readonly string[] };
  /** The git URL of the mirror. */
  readonly url: string;
  readonly branches: Branches;
  readonly options: ParsedOptions;
}

/** Opens the publisher of a module with its own repository. */
export async function mirrorPublisher(input: Input): Promise<Publisher<MirrorPlan, MirrorBuilt>> {
  const { source, module, url, branches, options } = input;
  const { path: modulePath, major } = module.file.module;
  const [content, tags, linked] = await Promise.all([
    readContent(input),
    source.ancestorTags(),
    readLinkedModules(source, module.directory, module.file.content),
  ]);
  const leftOut = await readLeftOut(module, content.fromCheckout, source);
  let opened: PushAccess | undefined;
  const access = (): PushAccess => (opened ??= openAccess(url, options));
  const host = openHost(options, access);
  const mirror = openMirror({
    source,
    access,
    willBeCreated: (signal) => host.willBeCreated(signal),
    branches: [branches.release, branches.dev],
    takeOver: options.takeOver,
  });
  const provenance = mirrorProvenance(options, mirror, { access, source });
  const tracing = { url, module: module.file.module, mirror };

  return {
    id: module.project,
    visibleOn: 'publish',
    secrets: () => [access().token, ...provenance.secrets()].filter((token) => token !== undefined),
    members: [{ ecosystem: 'go', name: modulePath, mirror: url }],
    plan: (release) =>
      planMirror(release, {
        modulePath,
        mirror: url,
        content,
        linked,
        leftOut,
        earlier: earlierTags(before(source.sha, tags), release.tagPrefix, major),
        branches,
        provenance: options.provenance,
      }),
    validate: (plan, step) => validatePlan(plan, input, step),
    check: async (plan, step) => checkMirror({ host, provenance, mirror }, plan, step),
    inspect: async (subject, step) =>
      'coordinate' in subject
        ? [await inspectCoordinate(subject.coordinate, { ...tracing, step })]
        : inspectPlan(subject.plan, subject.built, mirror, step),
    versions: (plan, step, question) => listVersions(plan, { branches, mirror, step }, question),
    buildsFrom: 'checkout',
    checkTools: async () => checkGo(options, access().processes),
    build: (plan, step) => buildCommit(plan, { module, mirror, options, step }),
    describe: (subject, step) => describeMirrored(subject, mirror, step),
    save: async (built, folder, step) => saveCommit(built, folder, await mirror.trees(step)),
    load: (plan, folder, step) => loadCommit(plan, folder, { mirror, step }),
    rehearse: (plan, built, step) => rehearseMirror(plan, built, mirror, step),
    publish: async (plan, built, step) =>
      (await createMirror(host, plan, step)) ??
      publishMirror({ plan, built, mirror, access: access(), step }),
    ...provenance.verbs,
    ...pointerVerbs({ access, provenance }, branches, mirror),
    ...removal(access, branches, mirror),
  };
}

interface Checks {
  readonly host: MirrorHost;
  readonly provenance: MirrorProvenance;
  readonly mirror: Mirror;
}

async function checkMirror(
  { host, mirror, provenance }: Checks,
  plan: MirrorPlan,
  step: Step,
): Promise<readonly Problem[]> {
  const [problems, ...more] = await settleAll([
    host.check(plan, step),
    checkTakeOver(plan, mirror, step),
    provenance.check(plan, step),
  ]);
  return problems.length > 0 ? problems : more.flat();
}

type Verbs<K extends keyof Publisher> = Required<Pick<Publisher<MirrorPlan, MirrorBuilt>, K>>;

function pointerVerbs(
  ports: PromotePorts,
  branches: Branches,
  mirror: Mirror,
): Verbs<'pointers' | 'promote' | 'managesPointer' | 'movePointer'> {
  return {
    pointers: (plan, step) => readPointers(plan, mirror, step),
    promote: (plan, step) => promoteMirror(plan, mirror, ports, step),
    managesPointer: (branch, version) =>
      managesName({ ...branches, candidate: null, byHand: null }, branch, version),
    movePointer: (plan, move, step) =>
      moveMirrorBranch(plan, move, { mirror, access: ports.access, step }),
  };
}

function removal(
  access: () => PushAccess,
  branches: Branches,
  mirror: Mirror,
): Verbs<'checkRemoval' | 'remove'> {
  return {
    checkRemoval: (_plan, step) => access().check(step.signal),
    remove: (plan, coordinates, step) =>
      removeSourceTags(coordinates, { access: access(), branches, mirror, plan, step }),
  };
}

/** Returns outcomes only if the mirror is missing and cannot be created. */
async function createMirror(
  host: MirrorHost,
  plan: MirrorPlan,
  step: Step,
): Promise<readonly Published[] | undefined> {
  const problem = await host.create(plan, step);
  if (problem === undefined) return undefined;
  const outcome = problem.kind === 'unknown' ? 'unknown' : 'incomplete';
  return plan.coordinates.map((coordinate) => ({ coordinate, outcome, problem }));
}

async function validatePlan(
  plan: MirrorPlan,
  { module, source, url }: Input,
  step: Step,
): Promise<readonly Problem[]> {
  const { content, publisher, sharedWith } = plan;
  for (const message of await mirrorNotes(plan, module, source))
    step.emit({ publisher, message, isNote: true });
  return [
    ...provenanceFlaws(plan),
    ...validateAddress(module, url, ''),
    ...(sharedWith === undefined ? [] : [mirrorShared(module.project, url, sharedWith)]),
    ...(await validateModule({ ...module, edits: content.edits }, source)),
  ];
}

/** Leaves out tags on the commit itself: a release has the same mirror commit as its dev build. */
function before(
  commit: string,
  tags: readonly { readonly tag: string; readonly sha: string }[],
): readonly string[] {
  return tags.filter(({ sha }) => sha !== commit).map(({ tag }) => tag);
}

function earlierTags(
  tags: readonly string[],
  prefix: string | undefined,
  major: Parameters<typeof matchesPathMajor>[1],
): readonly string[] {
  return highestFirst(versionTags(tags, prefix)).filter((tag) => matchesPathMajor(tag, major));
}

async function readContent({ source, module }: Input): Promise<MirrorContent> {
  const { directory, file } = module;
  const [tree, time, fromCheckout] = await Promise.all([
    source.treeId(directory),
    source.commitTime(source.sha),
    pathsFromCheckout(module, source),
  ]);
  // The directory has a go.mod, so it must have a tree.
  if (tree === undefined) throw new Error(`${directory} has no tree at ${source.sha}`);
  return { tree, sha: source.sha, time, module: file.module.path, fromCheckout };
}
