import { mkdirSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Level } from '../../helpers/check/finding.ts';
import { checkJunit } from '../../helpers/check/output/junit.ts';
import { checkMarkdown } from '../../helpers/check/output/markdown.ts';
import { checkPage } from '../../helpers/check/output/page.ts';
import type { CheckReport } from '../../helpers/check/report.ts';
import { PROGRAM } from '../../helpers/constants/program.ts';
import { projectRoot } from '../../helpers/constants/project.mjs';
import { messageOf, UsageError } from '../../helpers/util/errors.ts';
import { outputProblem } from '../run/output-files.ts';

/** The content of the files of a report, by name. */
export const FILES: Record<string, (report: CheckReport, failOn: Level) => string> = {
  'check.json': (report) => `${JSON.stringify(report, null, 1)}\n`,
  'summary.md': (report) => checkMarkdown(report, PROGRAM),
  'junit.xml': (report, failOn) => checkJunit(report, failOn, PROGRAM),
  'report.html': (report, failOn) => checkPage(report, failOn, PROGRAM),
};

/** The files that options name, by option. */
const OPTIONS = { junit: 'junit.xml', html: 'report.html' } as const;

export type CheckFiles = { [Option in keyof typeof OPTIONS]?: string };

/** Checks before a check that its files can be written. @throws UsageError */
export function expectWritable(files: CheckFiles): void {
  for (const option of optionsOf(files)) {
    const problem = outputProblem(files[option] ?? '');
    if (problem !== undefined) throw new UsageError(`--${option} ${files[option]}: ${problem}`);
  }
}

/**
 * Writes a report to `reports/<id>/` and to the files that options name.
 *
 * @returns the folder, relative to the project, and a line for each file that could not be written
 */
export function writeCheck(
  report: CheckReport,
  failOn: Level,
  files: CheckFiles,
): { folder: string; problems: string[] } {
  const folder = join('reports', report.id);
  const attempt = (what: string, write: () => void): string[] => {
    try {
      write();
      return [];
    } catch (error) {
      return [`${what} is not written: ${messageOf(error)}`];
    }
  };
  const problems = [
    ...attempt(folder, () => {
      mkdirSync(join(projectRoot, folder), { recursive: true });
      for (const [name, contentOf] of Object.entries(FILES)) {
        const path = join(projectRoot, folder, name);
        writeFileSync(`${path}.part`, contentOf(report, failOn));
        renameSync(`${path}.part`, path);
      }
    }),
    ...optionsOf(files).flatMap((option) => {
      const [file, contentOf] = [files[option], FILES[OPTIONS[option]]];
      if (file === undefined || !contentOf) return [];
      return attempt(`--${option} ${file}`, () => writeFileSync(file, contentOf(report, failOn)));
    }),
  ];
  return { folder, problems };
}

function optionsOf(files: CheckFiles): (keyof CheckFiles)[] {
  return (Object.keys(OPTIONS) as (keyof CheckFiles)[]).filter((option) => files[option] !== undefined);
}

/** The request that showed a finding in the newest report that has it; undefined where none has. */
export function requestOfFinding(code: string): string | undefined {
  const folder = join(projectRoot, 'reports');
  try {
    for (const id of readdirSync(folder).sort().reverse()) {
      const file = join(folder, id, 'check.json');
      if (!statSync(file, { throwIfNoEntry: false })?.isFile()) continue;
      const { configs } = JSON.parse(readFileSync(file, 'utf8')) as CheckReport;
      const found = configs.flatMap(({ findings }) => findings).find((finding) => finding.code === code);
      if (found) return found.request;
    }
  } catch {
    return undefined;
  }
  return undefined;
}
