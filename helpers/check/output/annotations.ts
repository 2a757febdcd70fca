import type { Level } from '../finding.ts';
import type { CheckReport } from '../report.ts';
import { fails, isNotComparable } from '../verdict.ts';
import { causeLines, versionsOf } from './finding-parts.ts';

/** Workflow commands of GitHub Actions: an annotation of the config's file for each finding that fails, and warnings. */
export function checkAnnotations(report: CheckReport, failOn: Level): string {
  const lines = report.configs.flatMap((config) => {
    const versions = versionsOf(config);
    const verdict = isNotComparable(config)
      ? [annotation('error', config.config, config.loads[0]?.line, 'bigbook check', config.verdict)]
      : [];
    const findings = config.findings
      .filter(({ level, accepted }) => level !== 'added' && accepted === undefined)
      .map((finding) => {
        const text = [finding.what, `at ${finding.place}`, ...causeLines(finding.cause, versions)].join('\n');
        const title = `Envoy ${versions.join(' → ')}: ${finding.level} [${finding.code}]`;
        return annotation(fails(finding, failOn) ? 'error' : 'warning', config.config, finding.line, title, text);
      });
    return [...verdict, ...findings];
  });
  return lines.map((line) => `${line}\n`).join('');
}

function annotation(kind: string, file: string, line: number | undefined, title: string, text: string): string {
  const fields = { file, line: String(line ?? 1), title };
  const properties = Object.entries(fields).map(([name, value]) => `${name}=${property(value)}`);
  return `::${kind} ${properties.join(',')}::${message(text)}`;
}

// The escapes of GitHub's runner (actions/toolkit, packages/core/src/command.ts).
function message(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(text: string): string {
  return message(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
