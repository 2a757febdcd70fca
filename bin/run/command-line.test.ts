import { expect, test } from 'vitest';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { commandLine } from './command-line.ts';

test('a command is quoted for a shell, with the variables that choose what runs', () => {
  const argv = ['/usr/bin/node', '/book/bin/bigbook.mjs', 'run', 'tcp-proxy', '-t', "it's 200"];
  expect(commandLine(argv, {})).toBe(`${PROGRAM} run tcp-proxy -t 'it'\\''s 200'`);
  expect(commandLine(['node', '/book/bin/vitest/run.mjs', 'run', '-t', 'a'], {})).toBe('npx vitest run -t a');
  const env = { ENVOY_VERSIONS: '1.36.4,latest', HOME: '/home/me', BIGBOOK_RUN: 'r' };
  expect(commandLine(['node', '/book/node_modules/vitest/vitest.mjs', 'run'], env)).toBe(
    'ENVOY_VERSIONS=1.36.4,latest npx vitest run',
  );
});

test('a program of another name has no command', () => {
  expect(commandLine(['node', '/elsewhere/script.mjs'], {})).toBeUndefined();
});
