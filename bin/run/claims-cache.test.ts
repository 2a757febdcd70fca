import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { ClaimsCache } from './claims-cache.ts';

const CLAIMS = [{ title: 'one', group: 'numbers', changes: [{ since: '1.38.0', what: 'it counts', source: 'here' }] }];

let root: string;
let folder: string;
/** A folder that cannot be made, even by root. */
let unwritable: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'claims-'));
  onTestFinished(() => rm(root, { recursive: true }));
  folder = join(root, 'cache');
  await writeFile(join(root, 'file'), '');
  unwritable = join(root, 'file', 'cache');
});

test('it returns the claims of a chapter for the digest with which they were written, and for no other', async () => {
  const cache = new ClaimsCache([folder]);
  cache.write('alpha', 'a1', CLAIMS);
  expect(cache.read('alpha', 'a1')).toEqual(CLAIMS);
  expect(cache.read('alpha', 'a2')).toBeUndefined();
  expect(cache.read('beta', 'a1')).toBeUndefined();
  cache.write('alpha', 'a2', []);
  expect(cache.read('alpha', 'a2')).toEqual([]);
  expect(cache.read('alpha', 'a1')).toBeUndefined();
  expect(await readdir(folder)).toEqual(['alpha.json']);
});

test.each(['', '{"digest":"a1","claims":[{"ti', '{"digest":"a1"}', '{"digest":"a1","claims":[{"title":7}]}', 'null'])(
  'a file with %j counts as missing and is replaced',
  async (text) => {
    const cache = new ClaimsCache([folder]);
    await mkdir(folder);
    await writeFile(join(folder, 'alpha.json'), text);
    expect(cache.read('alpha', 'a1')).toBeUndefined();
    cache.write('alpha', 'a1', CLAIMS);
    expect(cache.read('alpha', 'a1')).toEqual(CLAIMS);
  },
);

test('a folder that cannot be written is passed over, and the next one is read even if the first is stale', () => {
  new ClaimsCache([folder]).write('alpha', 'stale', []);
  const second = join(root, 'second');
  new ClaimsCache([unwritable, second]).write('alpha', 'a1', CLAIMS);
  expect(new ClaimsCache([folder, unwritable, second]).read('alpha', 'a1')).toEqual(CLAIMS);
});

test('without any writable folder nothing is kept and nothing fails', () => {
  const cache = new ClaimsCache([unwritable]);
  cache.write('alpha', 'a1', CLAIMS);
  expect(cache.read('alpha', 'a1')).toBeUndefined();
});
