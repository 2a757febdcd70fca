import { SETUP_TIMEOUTS } from './setup-timeouts.mjs';

/**
 * With an injected fault waits go wrong on purpose, and nothing is learnt by waiting as long as for a busy machine. Said by
 * `bigbook prove` to the processes that it starts.
 */
export const HASTY = 'BIGBOOK_HASTY';

const hasty = process.env[HASTY] !== undefined;

/** Every bound of a lab, in milliseconds. A bound ends a wait that has gone wrong; nothing ever waits for one to pass, save `silence`. */
export const TIMEOUTS = {
  ...SETUP_TIMEOUTS,
  /** A container runs and its agent has said hello. */
  hostStartMs: 15_000,
  /** Envoy is LIVE. */
  envoyStartMs: 15_000,
  /** An answer to one call of an agent. */
  agentCallMs: 20_000,
  /** A condition inside a lab becomes true: a listener is open, a counter has moved. */
  conditionMs: hasty ? 3_000 : 5_000,
  /** A probe of the machine's capabilities ends by itself, before its agent would end it without a message. */
  probeMs: 4_000,
  /** An iptables tool of the legacy form releases its lock. */
  xtablesLockMs: 5_000,
  /** A container that another machine has made is started. */
  foreignStartMs: 600_000,
  /** A lab's server answers a shell that completes a word. */
  completionMs: 500,
  /** A connection opens: one lost SYN and its repetition (RFC 6298: after 1 s) included. */
  connectMs: hasty ? 500 : 3_000,
  /** One exchange from the first packet to the end of the answer. */
  exchangeMs: hasty ? 2_500 : 10_000,
  /** A connection that one end has closed is closed at the other: longer than a FIN and its repetition take (tcp_rto_min is 200 ms). */
  closingMs: 500,
  /** How long a downstream waits for a connection that a claim expects never to open. */
  silenceMs: 250,
  /** One claim, its changes to the lab included. */
  claimMs: 30_000,
  /** A run of a few chapters, several of them on a busy machine. */
  runMs: 120_000,
  /** A lab stands, from nothing. */
  labStartMs: 40_000,
} as const;
