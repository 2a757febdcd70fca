import { createRequire } from 'node:module';
import type { Builder } from 'junit-report-builder';
import { PLAIN } from '../../compare/word-diff.ts';
import { cdata, xml } from '../../report/junit.ts';
import type { Finding, Level } from '../finding.ts';
import type { CheckReport, ConfigReport } from '../report.ts';
import { fails, isNotComparable } from '../verdict.ts';
import { causeLines, replayOf, valuesOf, versionsOf } from './finding-parts.ts';

/** A report as JUnit XML: one suite per config, one case per finding, and one that passes where there is none. */
export function checkJunit(report: CheckReport, failOn: Level, program: string): string {
  // The package's types declare a default export that its module lacks.
  const junit: Builder = createRequire(import.meta.url)('junit-report-builder');
  const builder = junit.newBuilder();
  for (const config of report.configs) {
    const suite = builder
      .testSuite()
      .name(xml(`bigbook check: ${config.config} (Envoy ${versionsOf(config).join(' → ')})`))
      .timestamp(report.started)
      .property('verdict', xml(config.verdict));
    const shown = config.findings.filter(({ level }) => level !== 'added');
    if (shown.length === 0) {
      const test = suite.testCase().className(xml(config.config)).name(xml(config.verdict));
      if (isNotComparable(config)) test.error(xml(config.verdict), 'config');
    }
    for (const finding of shown) {
      const test = suite
        .testCase()
        .className(xml(config.config))
        .name(xml(`${finding.level}: ${finding.what} [${finding.code}]`));
      if (fails(finding, failOn))
        test.failure(xml(finding.what), finding.level).stacktrace(cdata(bodyOf(finding, config, program)));
      else test.skipped().standardOutput(cdata(bodyOf(finding, config, program)));
    }
  }
  return builder.build();
}

function bodyOf(finding: Finding, config: ConfigReport, program: string): string {
  const versions = versionsOf(config);
  const [a, b] = valuesOf(finding, PLAIN);
  const replay = replayOf(finding, config, program);
  return [
    `at ${finding.place}`,
    `${versions[0]}: ${a ?? '(nothing)'}`,
    `${versions[1]}: ${b ?? '(nothing)'}`,
    ...causeLines(finding.cause, versions),
    ...(finding.accepted === undefined ? [] : [`accepted: ${finding.accepted}`]),
    ...(replay === undefined ? [] : [replay]),
  ].join('\n');
}
