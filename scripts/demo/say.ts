import colors from 'picocolors';

/** One step of the demo, on standard output. */
export function heading(text: string): void {
  console.log(`\n${colors.bold(colors.cyan(`== ${text}`))}`);
}

export function line(text: string): void {
  console.log(`   ${text}`);
}

/** Something the demo goes on without. */
export function without(what: string, how: string): void {
  console.log(`   ${colors.yellow('without')} ${what}: ${how}`);
}

export function good(text: string): void {
  console.log(`   ${colors.green('ok')} ${text}`);
}
