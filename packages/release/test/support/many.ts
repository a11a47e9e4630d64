import { text } from 'node:stream/consumers';
import { runCli } from './cli.ts';

// Runs many command lines in one process, which is a user's in all but the time that loading takes:
// argv lists in, results out, as JSON.
const results = [];
for (const argv of JSON.parse(await text(process.stdin)) as string[][]) {
  results.push({ argv, ...(await runCli(argv, process.env as Record<string, string>)) });
}
process.stdout.write(JSON.stringify(results));
