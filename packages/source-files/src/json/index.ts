export { isObject, type Json, type JsonObject, mapTexts, parseManifestJson } from './json.ts';
export { locateJson } from './locate.ts';
