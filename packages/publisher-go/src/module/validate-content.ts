import { allowOption, shownPath } from '@ameide/publisher-kit';
import { type Problem, type ProblemKind, pathIn, problem } from '@ameide/versioning-core';
import { decideGoZip, type GoZipRefusal, MAX_ZIP } from '@ameide/versioning-core/go';
import type { ModuleContent } from './content.ts';
import type { ModuleFile } from './go-mod.ts';
import { findUncompilable, type Uncompilable } from './packages.ts';

export interface ContentQuestion {
  /** For the messages: `go:github.com/ameideio/ameide-sdk-go`. */
  readonly project: string;
  /** The module's folder in the repository; `''` for its root. */
  readonly directory: string;
  readonly file: ModuleFile;
  readonly content: ModuleContent;
  /** True if the module has its own repository, which may take files from the checkout. */
  readonly mirrored: boolean;
  /**
   * Paths below the folder that `build` takes from the checkout; their content is not known yet.
   */
  readonly unknown: readonly string[];
  /** `input` for files of the commit, `incomplete` for built files. */
  readonly kind: ProblemKind & ('input' | 'incomplete');
  readonly allow: readonly string[];
}

/**
 * Reports what prevents `go` from making the version's zip file, or consumers from compiling it.
 * Nobody could use such a version, and its tag would be used up.
 */
export async function validateContent(question: ContentQuestion): Promise<readonly Problem[]> {
  const { allow, content, file, unknown } = question;
  const mayChange = (path: string): boolean =>
    unknown.some((one) => isWithin(path, one) || isWithin(one, path));
  const zip = decideGoZip(content.files, file.content.goVersion);
  const uncompilable = await findUncompilable({
    modulePath: file.module.path,
    required: file.content.requirements.map(({ path }) => path),
    content,
    published: zip.files,
    mayChange,
  });
  return [
    ...zip.refused.map((refusal) => zipProblem(refusal, question)),
    ...(zip.size > MAX_ZIP ? [tooLarge(zip.size, question)] : []),
    ...uncompilable
      .filter(({ path }) => !allow.includes(pathIn(question.directory, path)))
      .map((one) => packageProblem(one, question)),
  ];
}

/** True if a path is `folder` or below it. */
export function isWithin(path: string, folder: string): boolean {
  return path === folder || path.startsWith(`${folder}/`);
}

function zipProblem(refusal: GoZipRefusal, question: ContentQuestion): Problem {
  const path = pathIn(question.directory, refusal.path);
  const start = `${question.project} would publish ${shownPath(path)}`;
  const make = (code: string, message: string, hint: string): Problem =>
    problem({ code, kind: question.kind, message, hint, path, rerun: 'after-fix' });
  if (refusal.kind === 'collision')
    return make(
      'go-file-collision',
      `${start}, which differs from ${shownPath(refusal.other)} only in letter case: go refuses to make a zip file of such a module.`,
      'Rename one of them.',
    );
  if (refusal.kind === 'size')
    return make(
      'go-too-large',
      `${start}, which is larger than the 16 MiB that go allows for it.`,
      'Make it smaller.',
    );
  return make(
    'go-file-name',
    `${start}, a name that go cannot put into the module's zip file.`,
    refusal.kind === 'name'
      ? 'Rename it: use only letters, digits and !#$%&()+,-.=@[]^_{}~, no dot at the end, and no name that Windows reserves. Or move it out of the module.'
      : 'Rename it: go.mod in lower case.',
  );
}

function tooLarge(size: number, question: ContentQuestion): Problem {
  return problem({
    code: 'go-too-large',
    kind: question.kind,
    message: `${question.project} has ${size} bytes of files, and go accepts at most ${MAX_ZIP}.`,
    hint: 'Move large files out of the module, or into a nested module (a folder with a go.mod of its own).',
    path: question.directory,
    rerun: 'after-fix',
  });
}

function packageProblem(found: Uncompilable, question: ContentQuestion): Problem {
  const path = pathIn(question.directory, found.path);
  const allow = allowOption(path);
  const make = (code: string, message: string, hint: string): Problem =>
    problem({ code, kind: question.kind, message, hint, path, rerun: 'after-fix' });
  if (found.kind === 'link')
    return make(
      'go-link',
      `${question.project} would publish ${shownPath(path)} without content: it is a link, and go leaves links out of a module.`,
      `Commit the file instead of the link${fromCheckout(question, found.path, ', or take the file that it leads to')}. If consumers do not need it: ${allow}.`,
    );
  return found.kind === 'import'
    ? make(
        'go-package-missing',
        `${question.project}: ${shownPath(path)} imports ${shownPath(found.what)}, but the module has no Go file in that folder.`,
        `Commit the package${fromCheckout(question, found.what.slice(question.file.module.path.length + 1), ', or take what prepare generates')}. If nobody compiles that file: ${allow}.`,
      )
    : make(
        'go-embed-missing',
        `${question.project}: ${shownPath(path)} embeds ${shownPath(found.what)}, but the module has no such file.`,
        `Commit the files${fromCheckout(question, '…', ', or take what prepare generates')}. If nobody compiles that file: ${allow}.`,
      );
}

/** Only a mirror can contain files that the commit lacks. */
function fromCheckout({ mirrored }: ContentQuestion, path: string, text: string): string {
  return mirrored && path !== '' ? `${text}: fromCheckout: ['${path}']` : '';
}
