/** Services that use what the example of four ecosystems publishes, each as its tool wants it, at 0.1.0. */

export interface Addresses {
  readonly npm: string;
  readonly simple: string;
  /** `127.0.0.1:5000/example/sdk` */
  readonly image: string;
}

const SHA = '1'.repeat(40);

export function consumerFiles({ image, npm, simple }: Addresses): Readonly<Record<string, string>> {
  return {
    // A pnpm workspace: one service asks for the version itself, one through a catalog.
    'package.json': '{ "name": "example", "private": true }\n',
    '.npmrc': `registry=${npm}\n`,
    'pnpm-workspace.yaml':
      "# Services only.\nminimumReleaseAge: 0\npackages:\n  - services/web\n  - 'services/catalog'\ncatalog:\n  '@example/sdk': ^0.1.0 # ours\n",
    'services/web/package.json':
      '{\n\t"name": "web",\n\t"private": true,\n\t"type": "module",\n\t"dependencies": { "@example/sdk": "0.1.0" }\n}\n',
    'services/web/test.js': JS_TEST,
    'services/catalog/package.json':
      '{\n  "name": "catalog",\n  "private": true,\n  "type": "module",\n  "dependencies": {\n    "@example/sdk": "catalog:"\n  }\n}\n',
    'services/catalog/test.js': JS_TEST,
    // npm, outside of the workspace; with line ends of Windows.
    'services/npm/package.json':
      '{\r\n  "name": "npm-service",\r\n  "private": true,\r\n  "type": "module",\r\n  "devDependencies": {\r\n    "@example/sdk": "^0.1.0"\r\n  },\r\n  "peerDependencies": {\r\n    "@example/sdk": ">=0.1.0"\r\n  }\r\n}\r\n',
    'services/npm/.npmrc': `registry=${npm}\n`,
    'services/npm/test.js': JS_TEST,
    'services/yarn/package.json':
      '{\n  "name": "yarn-service",\n  "private": true,\n  "type": "module",\n  "dependencies": {\n    "@example/sdk": "0.1.0"\n  }\n}\n',
    'services/yarn/.yarnrc.yml': `nodeLinker: node-modules\nenableTelemetry: false\nenableGlobalCache: false\nnpmMinimalAgeGate: 0\nnpmRegistryServer: "${npm}"\nunsafeHttpWhitelist: ["127.0.0.1"]\n`,
    'services/yarn/.gitignore': '.yarn\n',
    'services/yarn/yarn.lock': '',
    'services/yarn/test.js': JS_TEST,
    'services/api/pyproject.toml': `[project]\nname = "api"\nversion = "1.0.0"\nrequires-python = ">=3.11"\ndependencies = [\n  'example-sdk==0.1.0', # ours\n]\n\n[tool.uv]\npackage = false\n\n[[tool.uv.index]]\nurl = "${simple}"\ndefault = true\n`,
    'services/api/test_api.py': 'import example_sdk\n\nassert example_sdk.answer == 42\n',
    'services/jobs/requirements.txt': `--index-url ${simple}\n# ours\nExample_SDK[fast] == 0.1.0 ; python_version >= "3"\n`,
    'services/worker/go.mod':
      'module example.org/worker\n\ngo 1.21\n\nrequire github.com/example/go v0.1.0 // ours\n',
    'services/worker/main.go':
      'package main\n\nimport answer "github.com/example/go"\n\nfunc main() {\n\tif answer.Answer != 42 {\n\t\tpanic("wrong")\n\t}\n}\n',
    'services/web/Dockerfile': `ARG TAG=0.1.0\nFROM ${image}:\${TAG} AS sdk\nFROM scratch\nCOPY --from=${image}:${SHA} /index.js /\n`,
    'services/web/compose.yaml': `services:\n  web:\n    image: ${image}:dev\n  db:\n    image: postgres:17\n`,
    'deploy/production/web.yaml': manifest(`${image}:0.1.0`),
    'deploy/development/web.yaml': manifest(`${image}:dev`),
    'deploy/elsewhere/web.yaml': manifest(`${image}:0.1.0`),
    'services/fork/package.json':
      '{ "name": "fork", "dependencies": { "@example/sdk": "github:someone/sdk#main" } }\n',
  };
}

const JS_TEST =
  "import { answer } from '@example/sdk';\nif (answer !== 42) throw new Error(`${answer}`);\n";

function manifest(image: string): string {
  return `apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: ${image} # ours\n`;
}
