import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { shellWords } from './shell-words.ts';

test.each(['plain', 'two words', "Envoy's own", '$HOME `id` "quoted" \\', 'http://[2001:db8::1]/', ''])(
  'a shell reads %j back unchanged',
  (word) => {
    expect(execFileSync('sh', ['-c', `printf %s ${shellWords([word])}`], { encoding: 'utf8' })).toBe(word);
  },
);
