/** A step of a request that Envoy's own log tells. */
export interface EnvoyStep {
  /** Seconds since the epoch. */
  at: number;
  /** Which of Envoy's loggers said it: `router`. */
  logger: string;
  text: string;
}

/** The loggers that tell the steps, at the levels at which they do; in the form that Envoy's admin page `/logging` takes. */
export const STEP_LOGGERS = 'filter:trace,conn_handler:debug,router:debug,connection:debug,ext_authz:trace,admin:debug';

/** The lines that are steps. What else these loggers say is about Envoy's own works. */
const STEPS = [
  /^original_dst: set destination to /,
  /^new connection from /,
  /^cluster '.*' match for URL /,
  /^no (cluster|route) match/,
  /^connecting to /,
  /^connect timeout|^delayed connection error|^raw write error|^socket event.*error/i,
  /^ext_authz filter (calling authorization server|accepted|rejected|denied|.*failure)/i,
  /^upstream headers complete/,
  /^upstream reset/,
];

/** Reads the steps out of a part of Envoy's log; times are of UTC. */
export function parseSteps(log: string): EnvoyStep[] {
  return log.split('\n').flatMap((line) => {
    const [, day, time, logger, rest] = /^\[(\S+) (\S+)\]\[\d+\]\[\w+\]\[(\w+)\] \[[^\]]*\] (.*)$/.exec(line) ?? [];
    if (!day || !time || !logger || rest === undefined) return [];
    const text = rest.replace(/^\[Tags: [^\]]*\] /, '').replace(/^(\[C\d+\]|\[S\d+\])+ /, '');
    if (!STEPS.some((step) => step.test(text))) return [];
    const [seconds = time, fraction = '0'] = time.split('.');
    return [{ at: Date.parse(`${day}T${seconds}Z`) / 1000 + Number(`0.${fraction}`), logger, text }];
  });
}
