/** A step of a request in Envoy's log. */
export interface EnvoyStep {
  /** Seconds since the epoch. */
  at: number;
  /** Envoy's logger: `router`. */
  logger: string;
  text: string;
}

/** Loggers of the steps with their levels, in the form of Envoy's admin page `/logging`. */
export const STEP_LOGGERS = 'filter:trace,conn_handler:debug,router:debug,connection:debug,ext_authz:trace,admin:debug';

/** Lines that are steps; other lines of these loggers are about Envoy's internals. */
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

/** Reads the steps in a part of Envoy's log; its times are in UTC. */
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
