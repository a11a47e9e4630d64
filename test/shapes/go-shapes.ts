import type { Shape } from './shape.ts';

export const GO_SHAPES: readonly Shape[] = [
  {
    // https://github.com/kubernetes/publishing-bot/pull/244
    name: 'go-submodule',
    title: 'a mirrored module that embeds protos from a submodule inside it',
    needs: ['go', 'python'],
    submodules: { 'sdk/protos': 'protos' },
    recurseSubmodules: true,
    artifacts: [
      { kind: 'go', directory: 'sdk', name: 'github.com/acme/go-submodule', mirror: true },
    ],
  },
  {
    name: 'go-mirror',
    title: 'a mirrored module: attributes of the root, export-ignore, a nested module',
    needs: ['go', 'python'],
    files: {
      '.gitattributes': '*.txt text eol=crlf\nsdk/testdata export-ignore\n',
    },
    artifacts: [{ kind: 'go', directory: 'sdk', name: 'github.com/acme/go-mirror', mirror: true }],
  },
  {
    name: 'go-generated',
    title: 'a mirrored module whose generated code is ignored by git',
    needs: ['go', 'python'],
    files: { '.gitignore': '*.pb.go\n' },
    prepare: [['python3', 'prepare.py']],
    artifacts: [
      { kind: 'go', directory: 'sdk', name: 'github.com/acme/go-generated', mirror: true },
    ],
    refusedFor: 'sdk/answer.pb.go',
  },
  {
    // https://github.com/golang/go/issues/39600
    name: 'go-link',
    title: 'a module with a .go file that is a link, which `go` leaves out',
    needs: ['go', 'python'],
    links: { 'sdk/shared.go': '../shared/shared.go' },
    artifacts: [{ kind: 'go', directory: 'sdk', name: 'github.com/acme/go-link', mirror: true }],
    refusedFor: 'sdk/shared.go',
  },
  {
    name: 'go-workspace',
    title: 'a module in place, in a go.work, that replaces a released sibling by its folder',
    needs: ['go', 'python'],
    tags: ['core/v0.1.0'],
    artifacts: [{ kind: 'go', directory: 'sdk', name: 'github.com/acme/mono/sdk' }],
  },
];
