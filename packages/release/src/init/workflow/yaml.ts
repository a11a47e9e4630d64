/** One step of a job, as lines of YAML without their indentation. */
export type StepLines = readonly string[];

/** The versions that the written workflow has; Dependabot raises those of the actions. */
const ACTIONS = {
  bun: 'oven-sh/setup-bun@0c5077e51419868618aeaa5fe8019c62421857d6 # v2.2.0',
  checkout: 'actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1',
  download: 'actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1',
  go: 'actions/setup-go@b7ad1dad31e06c5925ef5d2fc7ad053ef454303e # v7.0.0',
  node: 'actions/setup-node@820762786026740c76f36085b0efc47a31fe5020 # v7.0.0',
  pnpm: 'pnpm/action-setup@0ebf47130e4866e96fce0953f49152a61190b271 # v6.0.9',
  python: 'actions/setup-python@5fda3b95a4ea91299a34e894583c3862153e4b97 # v7.0.0',
  upload: 'actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0',
  uv: 'astral-sh/setup-uv@20cfd1bf945f4377ade1205e4dbc17946fc9a30d # v10.0.1',
} as const;

/** A step that uses an action. */
export function actionStep(
  name: string,
  action: keyof typeof ACTIONS,
  inputs: Readonly<Record<string, string | number | boolean>>,
): StepLines {
  const values = Object.entries(inputs).map(([key, value]) => `    ${key}: ${value}`);
  return [
    `- name: ${name}`,
    `  uses: ${ACTIONS[action]}`,
    ...(values.length === 0 ? [] : ['  with:', ...values]),
  ];
}

/** The options of a step that runs commands. */
export interface RunOptions {
  readonly id?: string;
  /** Lines of a comment above the step, or above its commands. */
  readonly comment?: readonly string[];
  readonly runComment?: readonly string[];
  readonly workingDirectory?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A step that runs commands. None of them may contain an expression. */
export function runStep(
  name: string,
  commands: readonly string[],
  { comment = [], env = {}, id, runComment = [], workingDirectory }: RunOptions = {},
): StepLines {
  const [only = ''] = commands;
  const run =
    commands.length === 1 && isPlain(only)
      ? [`  run: ${only}`]
      : ['  run: |', ...commands.map((line) => `    ${line}`)];
  const variables = Object.entries(env).map(([key, value]) => `    ${key}: ${value}`);
  return [
    ...comment.map((line) => `# ${line}`),
    ...(id === undefined ? [`- name: ${name}`] : [`- id: ${id}`, `  name: ${name}`]),
    ...(workingDirectory === undefined ? [] : [`  working-directory: ${workingDirectory}`]),
    ...runComment.map((line) => `  # ${line}`),
    ...run,
    ...(variables.length === 0 ? [] : ['  env:', ...variables]),
  ];
}

/** True for a command that YAML reads as it is. */
function isPlain(text: string): boolean {
  return /^[\w./]/.test(text) && !/: | #|[:\s]$/.test(text);
}

/** A value that YAML reads as this text. */
export function scalar(text: string): string {
  return /^[A-Za-z_][\w./-]*$/.test(text) && !/^(?:true|false|null|yes|no|on|off|y|n)$/i.test(text)
    ? text
    : JSON.stringify(text);
}
