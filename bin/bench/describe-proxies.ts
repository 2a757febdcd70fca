import type { HttpToTcp, Way, WayMeasured } from '../../helpers/bench/load.ts';
import type { Spread } from '../../helpers/bench/spread.ts';
import { counted, describeEnvoy, describeMachine } from '../../helpers/report/wording.ts';
import type { ProxiesBench, ProxiesOfEnvoy } from './measure-proxies.ts';

const NAMES: Record<Way, string> = { http: 'HTTP proxy', tcp: 'TCP proxy', direct: 'no Envoy' };

/** A process that has this much of a core has no more to give. */
const BUSY = 0.9;

/** What `bench proxies` prints, in Markdown. */
export function describeProxies({ machine, cores, runs, requests, connections, envoys }: ProxiesBench): string {
  return `${envoys.map(({ envoy }) => describeEnvoy(envoy)).join('; ')} on ${describeMachine(machine)}, ${cores} cores; ${whole(requests)} requests over ${connections} connections, one at a time on each; medians of ${counted(runs, 'run')}, from the least to the most in brackets.

| through | requests/s | median | 99 % within | CPU time of Envoy per request | of it in user mode | of a core: Envoy, downstream, upstream |
| --- | --- | --- | --- | --- | --- | --- |
${envoys.flatMap(rows).join('\n')}

${whoIsBusy(envoys)}
`;
}

function rows({ name, ways, httpToTcp }: ProxiesOfEnvoy): string[] {
  return [
    ...ways.map((way) => row([nameOf(name, way), ...cells(way)])),
    row([`${name}: HTTP : TCP`, ...ratios(httpToTcp)]),
  ];
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

/** Requests a second say what Envoy can do only where nothing but Envoy was what the load waited for. */
function whoIsBusy(envoys: ProxiesOfEnvoy[]): string {
  const through = envoys.flatMap(({ name, ways }) =>
    ways.flatMap((way) => (way.envoy ? [{ name: nameOf(name, way), busy: way.envoy.cores.median >= BUSY }] : [])),
  );
  const [busy, held] = [true, false].map((is) => through.filter((way) => way.busy === is).map(({ name }) => name));
  const lines = ['Envoy has one worker.'];
  if (busy?.length)
    lines.push(`It had ${BUSY * 100} % of a core or more, so that requests/s are what it can do: ${busy.join('; ')}.`);
  if (held?.length) {
    lines.push(
      `It had less, so that the two ends of the load, too few cores for three processes or other work on this machine held it down, and only its CPU time per request says what it takes: ${held.join('; ')}.`,
    );
  }
  return lines.join(' ');
}

function row(cells: string[]): string {
  return `| ${cells.join(' | ')} |`;
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

/** A load that took no tick of CPU time has no ratio. */
function times(ratio: number): string {
  return Number.isFinite(ratio) ? `${ratio.toFixed(2)} ×` : '';
}
