import { type GitCall, git, text, tryGit } from '../git-command.ts';

/**
 * Finds objects by exact names. `git rev-parse` and `git cat-file` search instead: for a missing
 * `refs/heads/main` they take the tag `refs/heads/main`, whose full name is
 * `refs/tags/refs/heads/main`, and for a missing `refs/heads/x-g71e210b` the commit 71e210b
 * (gitrevisions(7)).
 */
export interface Refs {
  /** Returns the id of the object that HEAD names; undefined before the first commit. */
  head(): Promise<string | undefined>;
  /** Returns the ids of the objects that these full refs name. Leaves out refs that do not exist. */
  named(refs: readonly string[]): Promise<readonly string[]>;
  /** Returns the ids of all objects whose id begins with these 4 or more hexadecimal digits. */
  beginningWith(digits: string): Promise<readonly string[]>;
}

/** `head` is the id of the object that HEAD names, if it is known. */
export function createRefs(call: GitCall, head?: string): Refs {
  return {
    async head() {
      if (head !== undefined) return head;
      const result = await tryGit(['show-ref', '--verify', '--hash', 'HEAD'], call);
      return result.ok ? text(result).trim() : undefined;
    },
    async named(refs) {
      // It also lists what is below a ref: refs/heads/main/x.
      const listed = await git(
        ['for-each-ref', '--format=%(objectname) %(refname)', '--', ...refs],
        call,
      );
      return lines(listed).flatMap((line) => {
        const [id = '', name = ''] = line.split(' ');
        return refs.includes(name) ? [id] : [];
      });
    },
    async beginningWith(digits) {
      return lines(await git(['rev-parse', `--disambiguate=${digits}`], call));
    },
  };
}

function lines(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}
