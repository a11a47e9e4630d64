export { setTomlValues, type TomlChange, type TomlValue } from './edit.ts';
