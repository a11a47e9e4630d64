import type { Shape } from './shape.ts';

export const IMAGE_SHAPES: readonly Shape[] = [
  {
    name: 'docker-links',
    title: 'a context with links to a file, to a folder and to itself',
    needs: ['docker-engine', 'docker-build', 'python'],
    links: {
      'service/lib/libanswer.so': 'libanswer.so.1',
      'service/static': 'assets',
      'service/self': '.',
    },
    executables: ['service/run.sh'],
    artifacts: [{ kind: 'image', directory: 'service', name: 'docker-links' }],
  },
  {
    name: 'docker-names',
    title:
      'a context with a link to nowhere, names that differ by case, a backslash in a name, a name that is not UTF-8',
    needs: ['docker-engine', 'docker-build', 'python'],
    links: { 'service/outside': '../../elsewhere' },
    files: {
      'service/back\\slash.txt': 'a name with a backslash\n',
      'service/README': 'upper case\n',
      'service/Readme': 'mixed case\n',
    },
    latin1Files: ['service/caf\xe9.txt'],
    artifacts: [{ kind: 'image', directory: 'service', name: 'docker-names' }],
  },
  {
    // https://github.com/moby/moby/issues/40319
    name: 'docker-ignores-itself',
    title: 'a .dockerignore that lists Dockerfile and itself',
    needs: ['docker-engine', 'docker-build', 'python'],
    files: { 'service/.dockerignore': '# none of the tools\nDockerfile\n.dockerignore\n*.log\n' },
    artifacts: [{ kind: 'image', directory: 'service', name: 'docker-ignores-itself' }],
  },
  {
    // https://github.com/deref/exo/pull/229
    name: 'docker-monorepo',
    title: 'the root as context, a Dockerfile below it with a .dockerignore of its own',
    needs: ['docker-engine', 'docker-build', 'python'],
    artifacts: [
      {
        kind: 'image',
        directory: '.',
        file: 'services/www/www.Dockerfile',
        name: 'docker-monorepo',
      },
    ],
  },
  {
    name: 'docker-linked-file',
    title: 'a Dockerfile that is a link',
    needs: ['docker-engine', 'docker-build', 'python'],
    links: { 'service/Dockerfile': 'docker/prod.Dockerfile' },
    artifacts: [{ kind: 'image', directory: 'service', name: 'docker-linked-file' }],
  },
  {
    name: 'docker-lfs',
    title: 'a context with a file that git-lfs keeps outside of git',
    needs: ['docker-engine', 'docker-build', 'python', 'git-lfs'],
    files: { '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n' },
    lfs: true,
    artifacts: [{ kind: 'image', directory: 'service', name: 'docker-lfs' }],
  },
  {
    name: 'docker-submodule',
    title: 'a context with a submodule in it',
    needs: ['docker-engine', 'docker-build', 'python'],
    files: { 'service/.dockerignore': '**/.git\n' },
    submodules: { 'service/protos': 'protos' },
    recurseSubmodules: true,
    artifacts: [{ kind: 'image', directory: 'service', name: 'docker-submodule' }],
  },
];
