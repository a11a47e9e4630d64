'use strict';
// Kept in syntax that any Node >= 18 reads: a failed install leaves the machine's own Node first on PATH, and only this can say so.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(
    `This project runs on Node 24.15 or newer; this is Node ${process.versions.node}.\n` +
      'The "node" devDependency brings Node 24, so its install failed or was skipped.\n' +
      'Run "npx -y pnpm@12 install" from the project root and read what it prints, then try again.',
  );
  process.exit(1);
}
