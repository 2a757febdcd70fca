import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { OWN_CLAIMS, packageRoot } from '../../helpers/constants/project.mjs';
import { EXIT } from '../../helpers/util/errors.ts';
import { type InitPlan, planInit, writeInit } from './init-project.ts';

export interface InitOptions {
  /** Whether a person at a terminal is asked before files are written. */
  asks: boolean;
  /** Whether the setups are checked then. */
  checks: boolean;
  /** The command in hints. */
  program: string;
}

/**
 * Writes the files of a project, and checks its setups.
 *
 * @returns the exit status: that of the check
 * @throws UsageError where there is no Envoy config, or a file cannot be written
 */
export async function init(project: string, { asks, checks, program }: InitOptions): Promise<number> {
  const plan = await planInit(project);
  say(describeFound(plan));
  const paths = Object.keys(plan.files);
  if (paths.length > 0 && asks && process.stdin.isTTY && !(await agrees(`Write ${paths.join(', ')}? [Y/n] `))) {
    say('Nothing is written.');
    return EXIT.passed;
  }
  await writeInit(project, plan);
  for (const path of paths) say(`wrote  ${path}`);
  for (const path of plan.left) say(`left   ${path}, which exists`);
  for (const note of plan.notes) say(note);
  if (!existsSync(join(project, 'node_modules/vitest')))
    say('Claims are run by vitest: `npm install --save-dev vitest`.');
  if (!checks) return EXIT.passed;
  const args = writesRequests(project, plan) ? ['check', '--write-requests', OWN_CLAIMS] : ['check'];
  say(`\n$ ${[program, ...args].join(' ')}`);
  return runIn(project, args);
}

function describeFound({ found: { configs, rules }, settings }: InitPlan): string {
  const names = Object.entries(settings.setups ?? {}).map(([name, { config, rules: own }]) => {
    const files = own === undefined ? config : `${config}, ${own}`;
    return `  ${name}: ${files}`;
  });
  const counts = `${configs.length} Envoy config${configs.length === 1 ? '' : 's'}, ${rules.length} file${rules.length === 1 ? '' : 's'} with rules`;
  return [`Found ${counts}; Envoy ${(settings.envoys ?? []).join(' → ')}`, ...names].join('\n');
}

async function agrees(question: string): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return !/^\s*n/i.test(await terminal.question(question));
  } finally {
    terminal.close();
  }
}

/** Whether the settings are new, and no file of requests is in the way. */
function writesRequests(project: string, { files, settings }: InitPlan): boolean {
  const names = Object.keys(settings.setups ?? {});
  return 'bigbook.config.ts' in files && !names.some((name) => existsSync(join(project, OWN_CLAIMS, `${name}.http`)));
}

/** Runs a command in a process of its own, which finds the settings that are written now. */
function runIn(project: string, args: string[]): Promise<number> {
  const child = spawn(process.execPath, [join(packageRoot, 'bin/bigbook.mjs'), ...args], {
    ...{ cwd: project, stdio: 'inherit', env: { ...process.env, BIGBOOK_PROJECT: project } },
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('exit', (code) => resolve(code ?? EXIT.interrupted));
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
