export { type Catalogs } from './catalogs.ts';
export { foldersUpFrom } from './find-root.ts';
export type { PackageManager } from './package-manager.ts';
export type { WorkspaceSettings } from './settings.ts';
export { openWorkspace, type PackageWorkspace, type WorkspacePackage } from './workspace.ts';
