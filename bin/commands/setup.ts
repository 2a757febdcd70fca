import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { EXIT } from '../../helpers/util/errors.ts';
import { command } from './command.ts';

export const setupCommand = command('setup', ['setup --envoy 1.40.0,1.36.2'])
  .description(
    'Brings what is missing: npm dependencies, a container engine, the images. A second call finds everything.',
  )
  .option('--envoy <versions>', 'the Envoy versions to bring, separated by commas (default: the newest)')
  .action(async ({ envoy }: { envoy?: string }) => {
    const args = envoy === undefined ? [] : ['--envoy', envoy];
    // The same program as `npm run setup`, which has to work before there is anything to import.
    const child = spawn(process.execPath, [join(packageRoot, 'bin', 'setup.mjs'), ...args], { stdio: 'inherit' });
    process.exitCode = await new Promise<number>((resolve, reject) => {
      child.on('error', reject).on('exit', (code) => resolve(code ?? EXIT.interrupted));
    });
  });
