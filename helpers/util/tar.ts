import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';

/** A file of an archive: its path, its permissions, and its bytes or the file that has them. */
export interface TarFile {
  path: string;
  mode: number;
  content: Uint8Array | { file: string };
}

/**
 * Archives files without times and owners. A file that cannot be read ends the stream with its
 * error.
 */
export function tar(files: TarFile[]): Readable {
  const archive = pack();
  addFiles(archive, files).then(
    () => archive.finalize(),
    (error: Error) => archive.destroy(error),
  );
  return Readable.from(archive, { objectMode: false });
}

async function addFiles(archive: Pack, files: TarFile[]): Promise<void> {
  for (const { path, mode, content } of files) {
    const entry = { name: path, mode, mtime: new Date(0) };
    if (content instanceof Uint8Array) archive.entry(entry, Buffer.from(content));
    else {
      const { size } = await stat(content.file);
      await pipeline(createReadStream(content.file, { highWaterMark: 1 << 20 }), archive.entry({ ...entry, size }));
    }
  }
}
