import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { harnessRoot } from '../../helpers/constants/project.mjs';
import { EXIT } from '../../helpers/util/errors.ts';
import { command } from './command.ts';

export const setupCommand = command('setup', ['setup --envoy 1.40.0,1.36.2'])
  .description('Install npm dependencies, a container engine and images, where missing.')
  .option('--envoy <versions>', 'Envoy versions to install, separated by commas (default: latest)')
  .action(async ({ envoy }: { envoy?: string }) => {
    const args = envoy === undefined ? [] : ['--envoy', envoy];
    // The same program as `npm run setup`, which has to work before there is anything to import.
    const child = spawn(process.execPath, [join(harnessRoot, 'bin', 'setup.mjs'), ...args], { stdio: 'inherit' });
    process.exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('exit', (code) => resolve(code ?? EXIT.interrupted));
    });
  });
