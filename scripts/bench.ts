// Compares the speed of the installed packages with that of the tools people use today: whole processes,
// in turn, against registries on loopback. Claims no absolute times.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDocker } from './bench/docker.ts';
import { benchEnvironment } from './bench/environment.ts';
import { readFlags } from './bench/flags.ts';
import { FIGURES } from './bench/growth/index.ts';
import { runFigure } from './bench/growth/run-figure.ts';
import { growthSection, picture } from './bench/growth/section.ts';
import { installPackages } from './bench/install.ts';
import { machineFacts } from './bench/machine.ts';
import { createMeter } from './bench/meter.ts';
import { replaceSection } from './bench/page.ts';
import { findPeers } from './bench/peers.ts';
import { startRegistryProcess } from './bench/registries.ts';
import { runScenario } from './bench/run-scenario.ts';
import { SCENARIOS } from './bench/scenarios/index.ts';
import { section } from './bench/section.ts';
import { heading, line } from './demo/say.ts';

const root = join(import.meta.dirname, '..');
const namesOf = (parts: readonly { readonly name: string }[]): readonly string[] =>
  parts.map(({ name }) => name);
const flags = readFlags(namesOf(SCENARIOS), namesOf(FIGURES));
const page = join(root, 'docs/performance.md');
const pictures = join(root, 'docs/performance');
const folder = await mkdtemp(join(tmpdir(), 'ameide-bench-'));

// Ctrl-C also reaches the program that runs, which then fails; everything is removed below.
let stopped = false;
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => (stopped = true));
const checkStopped = (): void => {
  if (stopped) throw new Error('stopped');
};

/** Prints what one part has measured, and writes it to the page. If it fails, the other parts still run. */
async function part(
  { name, title }: { readonly name: string; readonly title: string },
  measure: () => Promise<{ readonly text: string; readonly svg?: string }>,
): Promise<void> {
  if (flags.only.length > 0 && !flags.only.includes(name)) return;
  heading(`${name}: ${title}`);
  try {
    const { svg, text } = await measure();
    console.log(text);
    if (!flags.write) return;
    await writeFile(page, replaceSection(await readFile(page, 'utf8'), name, text));
    if (svg === undefined) return;
    await mkdir(pictures, { recursive: true });
    await writeFile(join(pictures, `${name}.svg`), svg);
  } catch (error) {
    checkStopped();
    console.error(error);
    process.exitCode = 1;
  }
}

const engine = await startDocker(folder);
const registries = startRegistryProcess(join(folder, 'registries'));
try {
  const environment = { ...benchEnvironment(), ...engine.environment };
  heading('Building, packing and installing the packages');
  const command = await installPackages(root, folder, createMeter(environment).run);
  const peers = findPeers(environment);
  const work = join(folder, 'installed/work');
  await mkdir(work);
  const bench = { folder: work, command, environment, peers, registries, checkStopped };
  const facts = await machineFacts(root, peers, createMeter(environment).run);
  line(facts.join('; '));
  for (const scenario of flags.growth ? [] : SCENARIOS)
    await part({ name: scenario.name, title: scenario.work }, async () => {
      const quick = flags.quick ? { ...scenario, delays: scenario.delays.slice(0, 1) } : scenario;
      return { text: section(scenario, await runScenario(quick, bench, flags.pairs), facts) };
    });
  for (const figure of FIGURES)
    await part(figure, async () => {
      const quick = flags.quick ? { ...figure, sizes: figure.sizes.slice(0, 2) } : figure;
      const points = await runFigure(quick, bench, flags.pairs);
      return { text: growthSection(quick, points, facts), svg: picture(quick, points) };
    });
} catch (error) {
  if (!stopped) throw error;
  console.log('\nStopped.');
  process.exitCode = 130;
} finally {
  await registries[Symbol.asyncDispose]();
  await engine[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
}
