import type { ClientChoice } from '@ameide/versioning-core/clients';
import type { ProblemReport } from '../report/shown.ts';
import type { Status } from '../report/status.ts';

/** What `migrate` and `withdraw` would do, and did. `--json` prints it. */
export interface WithdrawalReport {
  readonly schema: 'ameide-release/withdrawal/1';
  readonly status: Status;
  readonly exitCode: number;
  readonly command: 'migrate' | 'withdraw';
  /** True if nothing was written, because nobody asked for it. */
  readonly isPlan: boolean;
  /** The release that people should get instead; absent if there is none. */
  readonly to?: string;
  readonly artifacts: readonly ArtifactWithdrawal[];
  readonly problems: readonly ProblemReport[];
  readonly notes: readonly string[];
}

/** One artifact at one registry. */
export interface ArtifactWithdrawal {
  readonly publisher: string;
  readonly ecosystem: string;
  readonly name: string;
  readonly registry: string;
  /** The versions that nobody should get any more, the highest first, as in coordinates. */
  readonly versions: readonly string[];
  /** What people should get instead, as in a coordinate; absent if that is not published there. */
  readonly replacement?: string;
  /** Sentences about pointers that still name a withdrawn version. */
  readonly kept: readonly string[];
  readonly client: ClientForecast;
  readonly actions: readonly WithdrawalAction[];
}

/** What a client installs without a version. A version is absent if there is none, or it is not known. */
export interface ClientForecast extends Pick<ClientChoice, 'command'> {
  readonly now?: string;
  /** Once this command has done its part. */
  readonly afterCommand?: string;
  /** Once the people have done theirs, too. */
  readonly afterAll?: string;
  /** True if that is the next release, which is not made yet: it carries the retraction. */
  readonly needsRelease?: true;
}

/** One step that withdraws something. */
export interface WithdrawalAction {
  /**
   * - `move-pointer`: `latest` names the replacement.
   * - `deprecate`: npm tells everybody who installs the version.
   * - `yank`: pip no longer chooses the version (PEP 592).
   * - `retract`: go no longer chooses it (https://go.dev/ref/mod#go-mod-file-retract).
   */
  readonly kind: 'move-pointer' | 'deprecate' | 'yank' | 'retract';
  /** `npm:@scope/name@latest`, `pypi:name==2.3.1`. */
  readonly subject: string;
  /** What the pointer names now. */
  readonly from?: string;
  /** What it will name. */
  readonly to?: string;
  /** What people will read. */
  readonly message?: string;
  /** `command`: this one, with `--yes`. `person`: no program can, or should. */
  readonly by: 'command' | 'person';
  /** False if it cannot be taken back: a version that is published for it stays. */
  readonly isReversible: boolean;
  /** The page to open, or the commands to run. */
  readonly how: string;
  readonly undo: string;
  /** Absent if it was not tried. `blocked`: a problem says why. */
  readonly outcome?: 'done' | 'already' | 'blocked';
}
