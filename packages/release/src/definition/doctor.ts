import {
  type Check,
  listOf,
  optional,
  recordOf,
  shape,
  string,
} from '@ameide/versioning-core/options';
import { glob } from './consumers.ts';

/** The findings that `ameide-release doctor` allows. */
export interface DoctorOptions {
  /**
   * For each rule the files and folders in which its findings are allowed, as globs relative to the
   * repository's root: `{ 'lockfile-in-step': ['services/legacy'] }`. A folder means everything below it.
   */
  readonly allow?: Readonly<Record<string, readonly string[]>>;
}

const rule = string('the name of a rule, for example python-placeholder', /^[a-z]+(?:-[a-z]+)*$/);

export const doctorOption: Check<DoctorOptions> = shape<DoctorOptions>({
  allow: optional(
    recordOf(
      listOf(glob, "a list of globs, for example ['services/legacy']", 1),
      "an object of rules, each with a list of globs: { 'python-placeholder': ['packages/old'] }",
      rule,
    ),
  ),
});
