import type {
  EmbeddedText,
  Job,
  ShellCommand,
  Step,
  Workflow,
} from '@ameide/source-files/workflows';

/** What the rules about workflows look at. `readWorkflowFacts` reads it. */
export interface WorkflowFacts {
  /** Workflows and actions of the repository. */
  readonly workflows: readonly Workflow[];
  /** Of workflows alone. */
  readonly jobs: readonly JobFacts[];
  /** Every script of a step, and every script that one of them calls, once. */
  readonly scripts: readonly Script[];
  /** What the definition publishes. Empty if there is no definition. */
  readonly published: readonly NamedArtifact[];
  /** Paths of all files. */
  readonly files: ReadonlySet<string>;
  /** The names of npm packages by their folders. */
  readonly packageNames: ReadonlyMap<string, string>;
  /** Dockerfiles that label their image with its commit. */
  readonly labelledDockerfiles: ReadonlySet<string>;
}

/** An artifact that the definition publishes, of which the name is known. */
export interface NamedArtifact {
  readonly ecosystem: 'npm' | 'pypi' | 'go' | 'oci';
  /** As in a coordinate: `@ameideio/ameide-sdk-ts`, `ghcr.io/ameideio/ameide-sdk-ts`. */
  readonly name: string;
  /** Relative to the repository's root. */
  readonly directory?: string;
  /** Where npm or PyPI packages are uploaded to, unless it is npm or PyPI. */
  readonly registry?: string;
}

/** A job with everything that runs in it. */
export interface JobFacts {
  readonly workflow: Workflow;
  readonly job: Job;
  /** Its own steps, and those of the local actions that it uses. */
  readonly steps: readonly StepFacts[];
  /** The scripts of the steps, and those that they call. */
  readonly scripts: readonly Script[];
  /** The scripts of a step alone. */
  readonly scriptsOf: (step: Step) => readonly Script[];
  /** The scripts of a step, and those that they call. */
  readonly reachedBy: (step: Step) => readonly Script[];
  /**
   * What runs in it and cannot be read, as it is written: a script whose name a variable makes, or a program
   * in another language. It may do anything: push, publish, change manifests.
   */
  readonly unfollowed: readonly string[];
}

export interface StepFacts {
  readonly workflow: Workflow;
  readonly step: Step;
}

/** A piece of shell: of a step, of a package.json, of a Makefile, or a file. */
export interface Script {
  readonly path: string;
  /** The text of the file that contains it. */
  readonly text: string;
  readonly source: EmbeddedText;
  readonly commands: readonly ShellCommand[];
  /** Where it runs, relative to the repository's root; undefined if an expression says so. */
  readonly directory: string | undefined;
  /** The folder of a script that is a file. */
  readonly folder?: string;
  /** Absent for what a script calls. */
  readonly step?: Step;
}
