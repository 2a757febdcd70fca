import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';

/** A file in an archive: its path there, its permissions, and its bytes or the file that holds them. */
export interface TarFile {
  path: string;
  mode: number;
  content: Uint8Array | { file: string };
}

const BLOCK = 512;

/**
 * An archive of files in the ustar format (POSIX.1-1988), piece by piece. It says nothing of when and by whom, so equal files give
 * equal bytes. Throws RangeError for a path of more than 100 bytes.
 */
export async function* tar(files: TarFile[]): AsyncGenerator<Uint8Array> {
  for (const { path, mode, content } of files) {
    const size = content instanceof Uint8Array ? content.length : (await stat(content.file)).size;
    yield header(path, mode, size);
    if (content instanceof Uint8Array) yield content;
    else yield* createReadStream(content.file, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>;
    yield new Uint8Array(-size & (BLOCK - 1));
  }
  yield new Uint8Array(2 * BLOCK);
}

function header(path: string, mode: number, size: number): Uint8Array {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(path) > 100) throw new RangeError(`tar: expected a path of at most 100 bytes, found ${path}`);
  const octal = (value: number, width: number) => `${value.toString(8).padStart(width - 1, '0')}\0`;
  block.write(path, 0);
  block.write(octal(mode, 8), 100);
  block.write(octal(0, 8), 108);
  block.write(octal(0, 8), 116);
  block.write(octal(size, 12), 124);
  block.write(octal(0, 12), 136);
  block.write('        0', 148);
  block.write('ustar\u000000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
