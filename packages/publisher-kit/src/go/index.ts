/** The files of a Go module as `go` packs them, read from a git tree. */
export { gitIn, readText, runIn, type TreeStore } from './tree-store.ts';
export { type GoZipFile, hash1, layOutTree, readGoZipFiles } from './zip-files.ts';
