import type { FileContent } from '@ameide/publisher-kit/testing';

/** A build context: the folder `image` of a repository. */
export interface DockerContext {
  readonly title: string;
  readonly files: Readonly<Record<string, FileContent>>;
  /** Run in the context after the checkout, as `prepare` is: for what git does not hold. */
  readonly script?: string;
  /** Default `Dockerfile`. */
  readonly dockerfile?: string;
}

export const DOCKER_CONTEXTS: readonly DockerContext[] = [
  {
    title: 'exceptions, globs and folders in .dockerignore',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/.dockerignore':
        '# comment\n*.log\n!keep.log\n/docs/\n!docs/keep.md\n**/*.tmp\nÜ*\n[a-b].txt\nc, d\n',
      'image/a.log': '',
      'image/keep.log': '',
      'image/docs/a.md': '',
      'image/docs/keep.md': '',
      'image/src/deep/x.tmp': '',
      'image/src/deep/x.js': '',
      'image/Über': '',
      'image/a.txt': '',
      'image/c.txt': '',
      'image/c, d': '',
      'image/c': '',
    },
  },
  {
    title: 'everything left out but one folder',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/.dockerignore': '**\n!src\nsrc/**/test\n',
      'image/src/a/b.js': '',
      'image/src/a/test/b.js': '',
      'image/other': '',
    },
  },
  {
    title: 'a .dockerignore of the Dockerfile’s own, and the Dockerfile is a link',
    files: {
      'image/Dockerfile': { link: 'docker/web' },
      'image/docker/web': 'FROM scratch\nCOPY . /app/\n',
      'image/Dockerfile.dockerignore': 'x\ndocker\nDockerfile*\n',
      'image/.dockerignore': 'y\n',
      'image/x': '',
      'image/y': '',
    },
  },
  {
    title: 'an x.Dockerfile with an x.Dockerfile.dockerignore beside it',
    files: {
      'image/docker/x.Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/docker/x.Dockerfile.dockerignore': '*\n!src\nsrc/**/*.log\n!src/keep.log\n',
      'image/.dockerignore': 'src\n',
      'image/Dockerfile': 'FROM nothing\n',
      'image/src/a': '',
      'image/src/deep/a.log': '',
      'image/src/keep.log': '',
      'image/other': '',
    },
    dockerfile: 'docker/x.Dockerfile',
  },
  {
    title: 'a .dockerignore that is a link',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/.dockerignore': { link: 'etc/ignore' },
      'image/etc/ignore': 'x\n',
      'image/x': '',
      'image/y': '',
    },
  },
  {
    title: 'copies of patterns, links and folders',
    files: {
      'image/Dockerfile':
        'FROM scratch\nCOPY package*.json tsconfig.json /app/\nCOPY web /app/web/\nCOPY packages/*/index.js /app/all/\nADD lib /app/lib/\n',
      'image/package.json': '{}',
      'image/package-lock.json': '{}',
      'image/tsconfig.json': { link: 'config/tsconfig.json' },
      'image/config/tsconfig.json': '{}',
      'image/web': { link: 'packages/web' },
      'image/packages/web/index.js': '1',
      'image/packages/web/assets/a.css': '',
      'image/lib/libx.so': { link: 'libx.so.1' },
      'image/lib/libx.so.1': 'so',
      'image/lib/away': { link: '/etc/passwd' },
      'image/unused/big': '',
    },
  },
  {
    title:
      'links to a folder, to itself, out of the context, to nowhere, and of a library to its version',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/assets/logo.svg': '<svg/>',
      'image/static': { link: 'assets' },
      'image/self': { link: '.' },
      'image/out': { link: '../../elsewhere' },
      'image/absolute': { link: '/etc/passwd' },
      'image/dead': { link: 'nowhere' },
      'image/lib/libx.so': { link: 'libx.so.1' },
      'image/lib/libx.so.1': 'elf',
    },
  },
  {
    title: 'a link out of the context that no COPY uses',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY src /app/\n',
      'image/src/a': '',
      'image/src/b': '',
      'image/src/c': '',
      'image/out': { link: '../../elsewhere' },
    },
  },
  {
    title: 'names that differ by case, with a backslash, with a space, not ASCII',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/README': '1',
      'image/Readme': '22',
      'image/back\\slash': '',
      'image/a b': '',
      'image/Über': '',
    },
  },
  {
    title: '.dockerignore lists itself and the Dockerfile',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/.dockerignore': '# none of the tools\nDockerfile\n.dockerignore\n',
      'image/a': '',
      'image/b': '',
    },
  },
  {
    title: 'hard links',
    files: { 'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n', 'image/a/one': 'content' },
    script: 'ln a/one a/two; mkdir b; ln a/one b/three; ln -s one a/link; ln a/link a/link2',
  },
  {
    title: 'hard links, one of them outside the COPY',
    files: { 'image/Dockerfile': 'FROM scratch\nCOPY b/ c /app/\n', 'image/a': 'content' },
    script: 'mkdir b; ln a b/two; ln a b/three; : > c',
  },
  {
    title: 'modes of files and folders',
    files: { 'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n' },
    script:
      'for m in 600 444 640 755 700 4755 2755; do : > f$m; chmod $m f$m; mkdir d$m; chmod $m d$m; done; mkdir d1777; chmod 1777 d1777',
  },
  {
    title: 'empty folders, one that is left out, and a FIFO',
    files: {
      'image/Dockerfile': 'FROM scratch\nCOPY . /app/\n',
      'image/.dockerignore': 'tmp\n**/cache\n',
    },
    script: 'mkdir -p tmp data/empty src/cache src/deep/deeper; mkfifo data/fifo',
  },
];
