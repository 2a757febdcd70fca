import type { CheckEnvironment } from '../../fixtures/check/environment.ts';
import { areasOf } from '../../helpers/check/areas.ts';
import { causeOf } from '../../helpers/check/causes.ts';
import { describeContents } from '../../helpers/check/contents.ts';
import type { Finding } from '../../helpers/check/finding.ts';
import type { AskFinding } from '../../helpers/check/findings/ask-finding.ts';
import { askFindings } from '../../helpers/check/findings/ask-findings.ts';
import { unmetExpectations } from '../../helpers/check/findings/expectations.ts';
import { withoutUnsteadyOrder } from '../../helpers/check/findings/noise.ts';
import { routeLines } from '../../helpers/check/input/route-lines.ts';
import type { CheckInput } from '../../helpers/check/input.ts';
import type { AskResult, ConfigReport } from '../../helpers/check/report.ts';
import { canMeet, unseenChanges } from '../../helpers/check/unseen-changes.ts';
import { byLevel, verdictOf } from '../../helpers/check/verdict.ts';
import { CHANGES } from '../../helpers/envoy/known-changes.ts';
import { RELEASE_NOTES } from '../../helpers/envoy/release-notes.ts';
import { counted } from '../../helpers/report/wording.ts';
import { messageOf, SetupError } from '../../helpers/util/errors.ts';
import { given } from '../../helpers/util/given.ts';
import { addedTo } from './added.ts';
import { guardCauses } from './explain.ts';
import { EXPLAINED } from './options.ts';
import type { Stages } from './stages.ts';

export interface ConfigOptions {
  /** The largest number of findings whose guards are looked for; false for none. */
  explain?: number | boolean | undefined;
  /** Whether only one request is sent: what others would show is not looked for. */
  only?: boolean;
  log: (line: string) => void;
}

/** The report of one config, and the texts that it must not contain. */
export interface ConfigChecked {
  report: ConfigReport;
  secrets: string[];
}

/** Checks one config: loads it, sends requests, compares and explains. */
export async function checkConfig(
  input: CheckInput,
  environment: CheckEnvironment,
  stages: Stages,
  { explain = true, only = false, log }: ConfigOptions,
): Promise<ConfigChecked> {
  const changes = Object.values(CHANGES);
  log(`${input.name}: loading`);
  const [a, b] = await stages.load(input, environment);
  const loads = [a.result, b.result];
  const loadFindings = stages.loadFindings(a, b, input);
  const dump = b.dump ?? a.dump;
  const report: ConfigReport = {
    config: input.name,
    topology: '',
    contents: dump ? describeContents(dump) : '',
    ...{ loads, findings: loadFindings, notSeen: [], added: madeOf(input), notes: [...input.notes], verdict: '' },
  };
  const secrets = [...input.secrets];
  const finish = (): ConfigChecked => {
    report.findings.sort(byLevel);
    report.verdict = verdictOf(report.loads, report.findings, report.ask);
    return { report, secrets };
  };
  if (loads.some(({ outcome }) => outcome !== 'live') || !a.dump) return finish();

  const around = await stages.surround(input, a.dump, environment);
  secrets.push(...Object.values(around.world.tokens));
  report.topology = around.topology;
  report.notSeen.push(...around.notSeen);
  report.added.push(...addedTo(input, around.scenario));
  report.notes.push(...around.notes);
  if (around.requests.length === 0) {
    report.notes.push('No request is derived from the config, so only how it loads is compared.');
    return finish();
  }
  log(`${input.name}: ${around.requests.length} requests`);
  const began = performance.now();
  const asked = await attempt(() => stages.ask(around, environment));
  if ('problem' in asked) {
    report.unasked = asked.problem;
    report.notes.push(`No request was sent: ${asked.problem}`);
    return finish();
  }
  const { sent, upstreams, reached, notSeen } = asked;
  const records = withoutUnsteadyOrder(asked.records);
  const areas = areasOf(a.dump);
  const met = changes.filter((change) => canMeet(change, areas));
  const { findings, noise, followed, seen } = askFindings(records, around.requests, met);
  report.ask = {
    ...{ derived: around.derived.length, chosen: around.requests.length, sent, reached, upstreams, noise },
    ms: Math.round(performance.now() - began),
  } satisfies AskResult;
  report.notSeen.push(...notSeen);
  if (followed > 0)
    report.notes.push(
      `${counted(followed, 'difference')} of lengths, logs and counters ${followed === 1 ? 'follows' : 'follow'} from the findings.`,
    );
  if (sent < around.requests.length)
    report.notes.push(
      `There was time for ${sent} of ${around.requests.length} requests on this machine; --time SECONDS gives them more.`,
    );

  const versions: [string, string] | undefined =
    a.result.build && b.result.build ? [a.result.build.version, b.result.build.version] : undefined;
  const limit = explain === true ? EXPLAINED : Number(explain);
  const searched = heaviest(findings).slice(0, limit);
  const guards =
    searched.length > 0 ? await guardCauses(searched, records, around, environment, { ...stages, log }) : undefined;
  const lines = routeLines(input.source ?? '');
  for (const each of findings) {
    const { request } = each.finding;
    const from = around.requests.find(({ code }) => code === request)?.from ?? '';
    Object.assign(each.finding, given({ line: lines.get(/^route [^,]+/.exec(from)?.[0] ?? '') }));
    const cause = causeOf(each, findings, { guards, areas, versions, notes: RELEASE_NOTES });
    Object.assign(each.finding, given({ cause }));
  }
  const unmet = unmetExpectations(records.a, records.b, around.requests);
  report.findings = [...merged(loadFindings, findings), ...unmet];
  if (versions && !only) report.notSeen.push(...unseenChanges(changes, versions, areas, report.findings, seen));
  if (searched.length > 0 && searched.length < explainable(findings).length)
    report.notes.push(`Guards were looked for in the ${searched.length} heaviest findings; --explain N looks in more.`);
  return finish();
}

/** The files that were made for a config, a sentence each. */
function madeOf({ made }: CheckInput): string[] {
  return Object.entries(made).map(([path, what]) => `${path}: ${what} is made, because no file is given.`);
}

async function attempt<T>(work: () => Promise<T>): Promise<T | { problem: string }> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    return { problem: messageOf(error).split('\n', 1)[0] ?? '' };
  }
}

function explainable(findings: readonly AskFinding[]): AskFinding[] {
  return findings.filter(
    ({ finding, differences }) => finding.level !== 'added' && differences.some(({ claim }) => claim !== ''),
  );
}

function heaviest(findings: readonly AskFinding[]): AskFinding[] {
  return explainable(findings).sort((x, y) => byLevel(x.finding, y.finding));
}

/** Findings of both kinds, each code once. */
function merged(loads: readonly Finding[], asked: readonly AskFinding[]): Finding[] {
  const known = new Set(loads.map(({ code }) => code));
  return [...loads, ...asked.map(({ finding }) => finding).filter(({ code }) => !known.has(code))];
}
