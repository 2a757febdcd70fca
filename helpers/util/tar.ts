import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Pack, pack } from 'tar-stream';

/** A file in an archive: its path there, its permissions, and its bytes or the file that holds them. */
export interface TarFile {
  path: string;
  mode: number;
  content: Uint8Array | { file: string };
}

/** Times and owners are left out, so that equal files give equal bytes. */
const UNDATED = new Date(0);

/** An archive of files; a file that cannot be read ends the stream with its error. */
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
    const entry = { name: path, mode, mtime: UNDATED };
    if (content instanceof Uint8Array) archive.entry(entry, Buffer.from(content));
    else {
      const { size } = await stat(content.file);
      await pipeline(createReadStream(content.file, { highWaterMark: 1 << 20 }), archive.entry({ ...entry, size }));
    }
  }
}
