export { type Pep508, parsePep508 } from './pep508.ts';
export { isUvMember, type UvWorkspace, uvWorkspace } from './uv-workspace.ts';
