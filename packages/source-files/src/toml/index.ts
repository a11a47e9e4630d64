export { setTomlValues, type TomlChange, type TomlValue } from './edit.ts';
export { locateToml } from './locate.ts';
