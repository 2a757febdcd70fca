import { expect, test } from 'vitest';
import { tryCommands } from './try-commands.ts';

test('the commands are the lines of the shell blocks of that part, with their comments', () => {
  const page = [
    ...['# A chapter', '```sh', 'not this', '```', '## Try it', 'Text.', '```sh', '# why', "up 'a b' # start", '```'],
    ...['```text', 'output', '```', '```sh', 'down', '```', '', '## Origin', '```sh', 'nor this', '```', ''],
  ].join('\n');
  expect(tryCommands(page)).toEqual(["up 'a b' # start", 'down']);
  expect(tryCommands('## Try it\n\n```sh\nup\n```\n')).toEqual(['up']);
  expect(tryCommands('# A page without it\n')).toEqual([]);
});
