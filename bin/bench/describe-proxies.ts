import type { HttpToTcp, Way, WayMeasured } from '../../helpers/bench/load.ts';
import type { Spread } from '../../helpers/bench/spread.ts';
import { present, table } from '../../helpers/book/markdown.ts';
import { counted, describeEnvoy, describeMachine } from '../../helpers/report/wording.ts';
import type { ProxiesBench, ProxiesOfEnvoy } from './measure-proxies.ts';

const NAMES: Record<Way, string> = { http: 'HTTP proxy', tcp: 'TCP proxy', direct: 'no Envoy' };

/** The share of a core from which a process is saturated. */
const BUSY = 0.9;

const HEAD = [
  ...['through', 'requests/s', 'median', '99 % within', 'CPU time of Envoy per request', 'of it in user mode'],
  'of a core: Envoy, downstream, upstream',
];

/** The results of `bench proxies` as Markdown. */
export function describeProxies({ machine, cores, runs, requests, connections, envoys }: ProxiesBench): string {
  const rows = envoys.flatMap(({ name, ways, httpToTcp }) => [
    ...ways.map((way) => [nameOf(name, way), ...cells(way)]),
    [`${name}: HTTP : TCP`, ...ratios(httpToTcp)],
  ]);
  return `${envoys.map(({ envoy }) => describeEnvoy(envoy)).join('; ')} on ${describeMachine(machine)}, ${cores} cores; ${whole(requests)} requests over ${connections} connections, one at a time on each; medians of ${counted(runs, 'run')}, least and most in brackets.

${table(HEAD, rows)}

${whoIsBusy(envoys)}
`;
}

function nameOf(envoy: string, { way }: WayMeasured): string {
  return `${envoy}: ${NAMES[way]}`;
}

function cells({ requestsPerSecond, medianMs, p99Ms, cores, envoy }: WayMeasured): string[] {
  const shares = [envoy ? percent(envoy.cores) : '–', percent(cores.downstream), percent(cores.upstream)];
  return [
    spread(requestsPerSecond, whole),
    spread(medianMs, (ms) => ms.toFixed(2), ' ms'),
    spread(p99Ms, (ms) => ms.toFixed(2), ' ms'),
    envoy ? spread(envoy.cpuUs, (us) => us.toFixed(1), ' µs') : '',
    envoy ? spread(envoy.userCpuUs, (us) => us.toFixed(1), ' µs') : '',
    shares.join(', '),
  ];
}

function ratios({ requestsPerSecond, medianMs, p99Ms, cpuUs, userCpuUs }: HttpToTcp): string[] {
  return [...[requestsPerSecond, medianMs, p99Ms, cpuUs, userCpuUs].map(times), ''];
}

/** The requests per second are a limit of Envoy's only where the load waited for Envoy alone. */
function whoIsBusy(envoys: ProxiesOfEnvoy[]): string {
  const through = envoys.flatMap(({ name, ways }) =>
    ways.flatMap((way) => (way.envoy ? [{ name: nameOf(name, way), busy: way.envoy.cores.median >= BUSY }] : [])),
  );
  const names = (busy: boolean): string =>
    through
      .filter((way) => way.busy === busy)
      .map(({ name }) => name)
      .join('; ');
  const [busy, limited] = [names(true), names(false)];
  return present([
    'Envoy has one worker.',
    busy && `It used at least ${BUSY * 100} % of a core, so requests/s are its limit: ${busy}.`,
    limited &&
      `It used less, so the load generator, the upstream or the number of cores was the limit, and only its CPU time per request is meaningful: ${limited}.`,
  ]).join(' ');
}

function spread({ median, min, max }: Spread, format: (value: number) => string, unit = ''): string {
  return `${format(median)}${unit} (${format(min)} – ${format(max)})`;
}

function percent({ median }: Spread): string {
  return `${Math.round(median * 100)} %`;
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

/** Empty without a finite ratio: a load may take less than a tick of CPU time. */
function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '';
}
