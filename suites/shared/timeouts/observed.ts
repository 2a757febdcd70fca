import type { Exchange } from '../../../fixtures/exchange/exchange.ts';

/** Counters of time limits, retries and connections, and of no other thing. */
const COUNTERS =
  /^(cluster|http|tcp)\.[\w-]+\.(?!retry\.)\w*(timeout|duration|upstream_rq_retry|connect_fail|attempts|max_requests|abandoned|cancelled)\w*$/;

export const moved = ({ stats }: Exchange): Record<string, number> =>
  Object.fromEntries(Object.entries(stats).filter(([name]) => COUNTERS.test(name)));

export const counted = (owner: string, ...names: string[]): Record<string, number> =>
  Object.fromEntries(names.map((name) => [`${owner}.${name}`, 1]));
export const ofUpstream = (...names: string[]) => counted('cluster.upstream', ...names);

export const logged = ({ accessLog }: Exchange): unknown[] =>
  accessLog.map((entry) => [entry.response_code, entry.response_flags, entry.response_code_details]);
