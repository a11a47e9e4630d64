import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Lineage } from '../../src/index.ts';
import {
  type GoModuleLocation,
  type GoRetraction,
  goRetractions,
  retractingTag,
} from '../../src/versions/go/index.ts';

/**
 * A git repository in a temporary folder, and the real `go` command made to find it under a public
 * name.
 */
export class ScratchRepository {
  readonly directory: string = mkdtempSync(join(tmpdir(), 'go-list-'));
  readonly #repository: string = join(this.directory, 'repository');
  readonly #address: string;

  /** `address` is the repository's root as Go sees it, `github.com/ameideio/sdk`. */
  constructor(address: string, objectFormat: 'sha1' | 'sha256' = 'sha1') {
    this.#address = address;
    execFileSync(
      'git',
      [
        'init',
        '--quiet',
        '--initial-branch=main',
        `--object-format=${objectFormat}`,
        this.#repository,
      ],
      {
        env: this.#gitEnv(),
      },
    );
  }

  write(path: string, text: string): void {
    const file = join(this.#repository, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }

  /**
   * Commits everything; `date` is git's own form, `2025-11-13T21:02:11+05:30`. Returns the commit
   * id.
   */
  commit(date: string, message = 'change'): string {
    this.git(['add', '--all']);
    this.git(['commit', '--quiet', '--allow-empty', `--message=${message}`], {
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    });
    return this.git(['rev-parse', 'HEAD']);
  }

  /**
   * A commit on top of `parent` whose id begins with a zero and six more digits: the message is
   * counted up until it does.
   */
  commitWithDigits(parent: string, seconds: number): string {
    const tree = this.git(['rev-parse', `${parent}^{tree}`]);
    const person = `Test <test@example.invalid> ${seconds} +0000`;
    for (let attempt = 0; attempt < 100_000; attempt += 1) {
      const body = `tree ${tree}\nparent ${parent}\nauthor ${person}\ncommitter ${person}\n\nattempt ${attempt}\n`;
      const sha = createHash('sha1').update(`commit ${body.length}\0${body}`).digest('hex');
      if (!/^0\d{6}/.test(sha)) continue;
      const written = execFileSync('git', ['hash-object', '-t', 'commit', '-w', '--stdin'], {
        cwd: this.#repository,
        env: this.#gitEnv(),
        input: body,
        encoding: 'utf8',
      });
      this.git(['update-ref', 'refs/heads/main', sha]);
      if (written.trim() !== sha) throw new Error(`git wrote ${written}, not ${sha}`);
      return sha;
    }
    throw new Error('no such commit id was found');
  }

  tag(name: string, kind: 'light' | 'annotated' = 'light'): void {
    this.git(kind === 'light' ? ['tag', name] : ['tag', '--annotate', '--message=release', name]);
  }

  /** The committer time, Unix seconds, as `git` tells it. */
  time(sha: string): number {
    return Number(this.git(['show', '--no-patch', '--format=%ct', `${sha}^{commit}`]));
  }

  lineage(sha: string): Lineage {
    const list = (filter: string): string[] =>
      this.git(['tag', `--${filter}`, sha])
        .split('\n')
        .filter((tag) => tag !== '');
    return { tags: list('merged'), tagsAtCommit: list('points-at') };
  }

  /** What the module has retracted, by the tags there are now. */
  retracted(module: GoModuleLocation): readonly GoRetraction[] {
    const { tag, paths = [] } = retractingTag(this.git(['tag']).split('\n'), module) ?? {};
    const listed =
      tag === undefined ? [] : this.git(['ls-tree', '-r', '--name-only', tag]).split('\n');
    return goRetractions(
      paths.map((path) =>
        listed.includes(path) ? this.git(['cat-file', 'blob', `${tag}:${path}`]) : undefined,
      ),
      module.modulePath,
    );
  }

  git(args: readonly string[], env: Record<string, string> = {}): string {
    return execFileSync('git', args, {
      cwd: this.#repository,
      env: { ...this.#gitEnv(), ...env },
      encoding: 'utf8',
      stdio: 'pipe',
    }).trim();
  }

  /**
   * What `go list -m -json <module>@<query>` answers, straight from the repository: no proxy, no
   * checksum database, a fresh cache.
   */
  goList(
    module: string,
    query: string,
  ): {
    readonly Version: string;
    readonly Time: string;
    readonly Origin?: { readonly Hash?: string };
  } {
    const work = join(this.directory, 'work');
    mkdirSync(work, { recursive: true });
    const answer = execFileSync('go', ['list', '-m', '-json', `${module}@${query}`], {
      cwd: work,
      encoding: 'utf8',
      stdio: 'pipe',
      env: {
        ...this.#gitEnv(),
        GOPROXY: 'direct',
        GOSUMDB: 'off',
        GONOSUMDB: '*',
        GOFLAGS: '-mod=mod -modcacherw',
        GOWORK: 'off',
        GO111MODULE: 'on',
        GOTOOLCHAIN: 'local',
        GOENV: 'off',
        GOMODCACHE: join(this.directory, 'modules'),
        GOCACHE: join(this.directory, 'cache'),
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: `url.file://${this.#repository}.insteadOf`,
        GIT_CONFIG_VALUE_0: `https://${this.#address}`,
      },
    });
    return JSON.parse(answer) as ReturnType<ScratchRepository['goList']>;
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }

  /** Nothing of the user's own configuration, so that the commits are the same everywhere. */
  #gitEnv(): NodeJS.ProcessEnv {
    return {
      PATH: process.env['PATH'],
      HOME: this.directory,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Test',
      GIT_AUTHOR_EMAIL: 'test@example.invalid',
      GIT_COMMITTER_NAME: 'Test',
      GIT_COMMITTER_EMAIL: 'test@example.invalid',
    };
  }
}
