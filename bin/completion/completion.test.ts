import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { packageRoot } from '../../helpers/constants/project.mjs';
import { TIMEOUTS } from '../../helpers/constants/timeouts.ts';

const PROGRAM = join(packageRoot, 'bin/bigbook.mjs');

/** A bash on a terminal of its own (`script`), in which `bigbook` prints the arguments that it would have received. */
function bashOnTerminal() {
  const child = spawn('script', ['--quiet', '--command', 'bash --noprofile --norc -i', '/dev/null'], {
    cwd: packageRoot,
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { ...process.env, TERM: 'dumb', PS1: '$ ', INPUTRC: '/dev/null', HISTFILE: '' },
  });
  onTestFinished(() => {
    child.kill('SIGHUP');
  });
  let seen = '';
  let look = (): void => undefined;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    seen += text;
    look();
  });
  return {
    type: (keys: string): void => void child.stdin.write(keys),
    /** Resolves with the match, once what has come since the last call matches. */
    sees: (what: RegExp): Promise<RegExpExecArray> =>
      new Promise((resolve) => {
        look = () => {
          const found = what.exec(seen);
          if (!found) return;
          look = () => undefined;
          seen = seen.slice(found.index + found[0].length);
          resolve(found);
        };
        look();
      }),
  };
}

test('on a terminal, bash completes commands, chapters, versions, options and claims', {
  timeout: TIMEOUTS.runMs,
}, async () => {
  const { type, sees } = bashOnTerminal();
  type(`source <('${process.execPath}' '${PROGRAM}' completion bash)\n`);
  type(`bigbook() { printf '<%s>' "$@"; echo; }; echo rea''dy\n`);
  await sees(/ready/);
  const typed: [keys: string, args: string][] = [
    ['bigbook comp\tletion', '<completion>'],
    ['bigbook run simple-f\t', '<run><simple-front-proxy>'],
    ['bigbook run --bac\tnf\t --envoy 1.38.3,1.40\t', '<run><--backend><nft><--envoy><1.38.3,1.40.0>'],
    ['bigbook compare 1.36.4 1.40\toriginal-dst-\t', '<compare><1.36.4><1.40.0><original-dst-ipv6>'],
    [
      'bigbook run original-dst --claim an\\ ORIGINAL_DST\\ cluster\\ con\t',
      '<run><original-dst><--claim><an ORIGINAL_DST cluster connects to the dialled address and ignores the Host header>',
    ],
    [
      'bigbook run simple-front-proxy --claim "a request after the upstream\'s\t',
      "<run><simple-front-proxy><--claim><a request after the upstream's name is removed from DNS gets 503 UH>",
    ],
    [
      'bigbook prove original-dst --fault REDIRECT\\ rule\\ l\t',
      '<prove><original-dst><--fault><REDIRECT rule leads to closed port 4998>',
    ],
    ['bigbook run --json --record /etc/hostn\t', '<run><--json><--record></etc/hostname>'],
  ];
  for (const [keys, args] of typed) {
    type(`${keys}\n`);
    const [line] = await sees(/^<.*>(?=\r?$)/m);
    expect(line).toBe(args);
  }
});
