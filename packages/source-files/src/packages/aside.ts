/**
 * Folders whose packages are no products of the repository: tests, examples, templates, and other
 * people's code. Renovate leaves out nearly the same ones (its preset `:ignoreModulesAndTests`), and Go
 * itself ignores `testdata` and names that begin with `.` or `_`.
 */
const ASIDE = new RegExp(
  `^(?:${[
    String.raw`\..*`,
    '_.*',
    'bower_components',
    'vendor(?:ed)?',
    'third[_-]?party',
    'dist',
    '(?:.*[_-])?(?:tests?|e2e)',
    'testdata',
    'test[_-](?:apps?|cases?|data|fixtures?|projects?|suites?|utils?)',
    '(?:.*[_-])?fixtures?',
    '(?:.*[_-])?(?:examples?|samples?|demos?|playgrounds?|sandbox(?:es)?|starters?)',
    '(?:.*[_-])?(?:templates?|boilerplates?|cookiecutter)',
    'templates?[_-].*',
    '(?:.*[_-])?(?:benchmarks?|snippets?|tutorials?)',
    'versioned[_-](?:docs|sidebars)',
  ].join('|')})$`,
  'i',
);

/** True for a folder, or a folder in it, that by its name has tests, examples, templates or other people's code. */
export function isAside(directory: string): boolean {
  return directory.split('/').some((name) => ASIDE.test(name));
}

/** True for what no package manager looks at, and for a path that a template engine still has to fill in. */
export function isNeverOwn(path: string): boolean {
  return /(?:^|\/)node_modules\//.test(path) || isTemplate(path);
}

/** True for the text of a manifest that a template engine still has to fill in. */
export function isTemplate(text: string): boolean {
  return /\{\{|\{%|<%/.test(text);
}
