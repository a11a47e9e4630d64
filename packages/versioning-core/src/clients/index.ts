export { type ClientChoice, clientChoice } from './client-choice.ts';
export { compareVersions, isPrerelease } from './compare-versions.ts';
