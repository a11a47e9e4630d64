export {
  EXPRESSION_CHARACTER,
  type Expression,
  expressionsIn,
  referencesIn,
} from './expressions.ts';
export { type MakeRule, readMakefile } from './makefile.ts';
export { commandWithMatrix, type MatrixRow, matrixRows, withMatrix } from './matrix.ts';
export { readWorkflow } from './read-workflow.ts';
export {
  type Condition,
  readShell,
  type ShellAssignment,
  type ShellCommand,
  type ShellWord,
} from './shell.ts';
export { type EmbeddedText, embeddedText, wholeText } from './source-text.ts';
export { actionName, type Job, localPath, type Step, type Workflow } from './workflow.ts';
export {
  entriesOf,
  entryOf,
  readYaml,
  textAt,
  textsOf,
  valueAt,
  type YamlEntry,
  type YamlList,
  type YamlMap,
  type YamlProblem,
  type YamlScalar,
  type YamlValue,
} from './yaml-value.ts';
