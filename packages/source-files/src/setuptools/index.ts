export { readSetupCfg, type SetupCfg, type SetupOption, setupValues } from './setup-cfg.ts';
export { readSetupProgram, type SetupProgram, stampSetupProgram } from './setup-program.ts';
