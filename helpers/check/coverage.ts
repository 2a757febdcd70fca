import { claimsOf, type EnvoyRecord } from '../record/record.ts';
import { decisionOf } from './findings/access.ts';
import type { AskResult, NotSeen } from './report.ts';
import type { CheckRequest } from './request.ts';

/** Where the clusters of a config lead. */
export interface Destinations {
  /** The upstream of each cluster, by the cluster's name. */
  upstreamOf: Record<string, string>;
  /** Upstreams that requests do not reach: services, and receivers of spans and logs. */
  services: readonly string[];
}

export interface Coverage {
  /** Requests that reached an upstream. */
  reached: number;
  upstreams: AskResult['upstreams'];
  notSeen: NotSeen[];
}

/** What the requests of a record reached: upstreams, and listeners whose filters let nothing pass. */
export function coverageOf(
  record: EnvoyRecord,
  requests: readonly CheckRequest[],
  { upstreamOf, services }: Destinations,
): Coverage {
  const claims = claimsOf(record);
  const seen = new Set<string>();
  let reached = 0;
  const decisions = new Map<string, Set<string>>();
  const deniers = new Map<string, string>();
  const addressOf = new Map(requests.map(({ title, address }) => [title, address]));
  for (const { title, observations } of claims) {
    const names = observations.flatMap(({ received, streams }) =>
      [...received, ...streams].map(({ servedBy }) => servedBy),
    );
    for (const name of names) seen.add(name);
    if (names.length > 0) reached += 1;
    const address = addressOf.get(title) ?? '';
    for (const observation of observations) {
      const decision = decisionOf(observation);
      if (decision === undefined) continue;
      decisions.set(address, (decisions.get(address) ?? new Set()).add(decision));
      const detail = observation.accessLog.map((entry) => entry.response_code_details).find((each) => each != null);
      if (decision === 'denied' && detail != null) deniers.set(address, String(detail));
    }
  }
  const clusters = Object.entries(upstreamOf).filter(([, upstream]) => !services.includes(upstream));
  const upstreams = [...new Set(clusters.map(([, upstream]) => upstream))];
  const closed = [...decisions].filter(([, all]) => all.has('denied') && !all.has('allowed'));
  return {
    reached,
    upstreams: upstreams.map((name) => ({ name, reached: seen.has(name) })),
    notSeen: [
      ...closed.map(
        ([address]): NotSeen => ({
          kind: 'filter',
          name: `filters of ${address}`,
          why: `they let no request pass (${deniers.get(address) ?? 'denied'}), so the routes behind them are not compared`,
        }),
      ),
      ...clusters
        .filter(([, upstream]) => !seen.has(upstream))
        .map(([name]): NotSeen => ({ kind: 'cluster', name: `cluster ${name}`, why: 'no request reached it' })),
    ],
  };
}
