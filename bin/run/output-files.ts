import { accessSync, constants, existsSync, statSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { projectRoot } from '../../helpers/constants/project.mjs';
import type { RunRecord } from '../../helpers/record/record.ts';
import { toJunit } from '../../helpers/report/junit.ts';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';
import { htmlReport } from './report-files.ts';

/** The content of the file that each option names. */
const FORMS = {
  record: (record: RunRecord) => `${JSON.stringify(record, null, 1)}\n`,
  junit: toJunit,
  html: (record: RunRecord, file: string) => htmlReport(projectRoot, record, dirname(resolve(file))),
};

/** The files to write, by option. */
export type OutputFiles = { [Form in keyof typeof FORMS]?: string };

function asked(files: OutputFiles): [form: keyof typeof FORMS, file: string][] {
  return (Object.keys(FORMS) as (keyof typeof FORMS)[]).flatMap((form) => {
    const file = files[form];
    return file === undefined ? [] : [[form, file]];
  });
}

/** Checks before a run that its files can be written. @throws UsageError */
export function checkOutputs(files: OutputFiles): void {
  for (const [form, file] of asked(files)) {
    const problem = outputProblem(file);
    if (problem !== undefined) throw new UsageError(`--${form} ${file}: ${problem}`);
  }
}

/** Why a file cannot be written; undefined where it can. */
export function outputProblem(file: string): string | undefined {
  const folder = dirname(resolve(file));
  if (file.endsWith('/') || isFolder(file)) return 'expected a file, found a folder; add a file name';
  if (!isFolder(folder)) return `there is no folder ${folder}; create it first`;
  try {
    accessSync(existsSync(file) ? file : folder, constants.W_OK);
  } catch (error) {
    return `cannot be written: ${messageOf(error)}`;
  }
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch {
    return false;
  }
}

/** Writes the files. @returns a line for each that could not be written */
export function writeOutputs(record: RunRecord, files: OutputFiles): string[] {
  return asked(files).flatMap(([form, file]) => {
    try {
      writeFileSync(file, FORMS[form](record, file));
      return [];
    } catch (error) {
      return [`--${form} ${file} is not written: ${messageOf(error)}`];
    }
  });
}
