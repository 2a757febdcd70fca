import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { tar } from './tar.ts';

async function bytesOf(archive: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  for await (const piece of archive) pieces.push(piece);
  return Buffer.concat(pieces);
}

test('tar reads the archive back: paths, modes and contents', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'tar-'));
  try {
    await writeFile(join(dir, 'source'), 'x'.repeat(1000));
    const archive = await bytesOf(
      tar([
        { path: 'agent/a.mjs', mode: 0o644, content: Buffer.from('hello') },
        { path: 'block', mode: 0o600, content: new Uint8Array(512).fill(65) },
        { path: 'envoy', mode: 0o755, content: { file: join(dir, 'source') } },
        { path: 'empty', mode: 0o644, content: new Uint8Array() },
      ]),
    );
    const list = execFileSync('tar', ['-tvf', '-'], { input: archive, encoding: 'utf8' }).trim().split('\n');
    expect(list.map((line) => line.split(/\s+/)).map((words) => [words[0], words[2], words.at(-1)])).toEqual([
      ['-rw-r--r--', '5', 'agent/a.mjs'],
      ['-rw-------', '512', 'block'],
      ['-rwxr-xr-x', '1000', 'envoy'],
      ['-rw-r--r--', '0', 'empty'],
    ]);
    expect(execFileSync('tar', ['-xOf', '-', 'envoy'], { input: archive, encoding: 'utf8' })).toBe('x'.repeat(1000));
    expect(execFileSync('tar', ['-xOf', '-', 'agent/a.mjs'], { input: archive, encoding: 'utf8' })).toBe('hello');
  } finally {
    await rm(dir, { recursive: true });
  }
});

test('equal files give equal bytes', async () => {
  const files = [{ path: 'a', mode: 0o644, content: Buffer.from('a') }];
  expect(await bytesOf(tar(files))).toEqual(await bytesOf(tar(files)));
});

test('a path longer than 100 bytes keeps its name', async () => {
  const path = `${'a'.repeat(120)}/b`;
  const archive = await bytesOf(tar([{ path, mode: 0o644, content: Buffer.from('b') }]));
  expect(execFileSync('tar', ['-tf', '-'], { input: archive, encoding: 'utf8' }).trim()).toBe(path);
});

test('a file that cannot be read fails the archive', async () => {
  await expect(bytesOf(tar([{ path: 'a', mode: 0o644, content: { file: '/nowhere' } }]))).rejects.toThrow('/nowhere');
});
