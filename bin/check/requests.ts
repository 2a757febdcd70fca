import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { CheckRequest } from '../../helpers/check/request.ts';
import { readRequests } from '../../helpers/http-file/read-requests.ts';
import { writeRequests } from '../../helpers/http-file/write-requests.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';
import { unknownName } from '../../helpers/util/suggestion.mjs';
import { requestOfFinding } from './check-files.ts';
import type { CheckOptions } from './options.ts';

/** How many requests are sent by default. */
const REQUESTS = 60;

/**
 * The requests of a check that are sent.
 *
 * @throws UsageError where `--only` names none of them
 */
export function chosenRequests(
  all: readonly CheckRequest[],
  { only, allRequests }: Pick<CheckOptions, 'only' | 'allRequests'>,
): CheckRequest[] {
  if (only === undefined) return all.slice(0, allRequests ? undefined : REQUESTS);
  const codes = all.map(({ code }) => code);
  const code = codes.includes(only) ? only : requestOfFinding(only);
  const found = all.filter((request) => request.code === code);
  if (found.length > 0) return found;
  const [line = ''] = unknownName('request', only, codes).split(/; known:|\n/, 1);
  const isNear = /did you mean "[^"]+"\?$/.test(line);
  throw new UsageError(
    `--only: ${isNear ? line : `${line.replace(/; did you mean.*$/, '')}; the report names the code of each finding's request, and --write-requests writes all of them`}`,
  );
}

/** The requests of `.http` files. @throws UsageError */
export function givenRequests(files: readonly string[], listener?: number): CheckRequest[] {
  return files.flatMap((file) => {
    let text: string;
    try {
      text = readFileSync(file, 'utf8');
    } catch (error) {
      throw new UsageError(`--requests ${file}: cannot be read: ${messageOf(error)}`);
    }
    return readRequests(text, file, listener);
  });
}

/** Writes `FOLDER/envoy.http` for `deploy/envoy.yaml`; existing files stay. @throws UsageError */
export function saveRequests(folder: string, config: string, requests: CheckRequest[]): string {
  const file = join(folder, `${basename(config).replace(/\.\w+$/, '')}.http`);
  try {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, writeRequests(requests), { flag: 'wx' });
    return file;
  } catch (error) {
    const exists = (error as NodeJS.ErrnoException).code === 'EEXIST';
    const why = exists ? 'exists; remove it or choose another folder' : `is not written: ${messageOf(error)}`;
    throw new UsageError(`--write-requests: ${file} ${why}`);
  }
}
