import { SETUP_TIMEOUTS } from './setup-timeouts.mjs';

/**
 * Set by `bigbook prove` in its processes: with an injected fault, waits fail by design and need no
 * long bound.
 */
export const HASTY = 'BIGBOOK_HASTY';

const hasty = process.env[HASTY] !== undefined;

/**
 * Bounds in milliseconds. A bound ends a failed wait; only `silenceMs` is ever waited for in full.
 */
export const TIMEOUTS = {
  ...SETUP_TIMEOUTS,
  /** A container runs, and its agent is ready. */
  hostStartMs: 15_000,
  /** Envoy is LIVE. */
  envoyStartMs: 15_000,
  /** An answer to one call of an agent. */
  agentCallMs: 20_000,
  /** A user's rules end. */
  rulesMs: 10_000,
  /** A condition inside a lab becomes true, such as an open listener. */
  conditionMs: hasty ? 3_000 : 5_000,
  /**
   * A probe of the machine's capabilities ends by itself, before its agent would end it without a
   * message.
   */
  probeMs: 4_000,
  /** An iptables tool of the legacy form releases its lock. */
  xtablesLockMs: 5_000,
  /** A container that another machine has made is started. */
  foreignStartMs: 600_000,
  /** A lab's server answers a shell that completes a word. */
  completionMs: 500,
  /** A connection opens, with one retransmitted SYN (after 1 s, RFC 6298). */
  connectMs: hasty ? 500 : 3_000,
  /** One exchange from the first packet to the end of the answer. */
  exchangeMs: hasty ? 2_500 : 10_000,
  /** A connection is closed at both ends, with one retransmitted FIN (tcp_rto_min is 200 ms). */
  closingMs: 500,
  /** A connection that a claim expects not to open. */
  silenceMs: 250,
  /** One claim, including its changes of the lab. */
  claimMs: 30_000,
  /** A run of a few chapters. */
  runMs: 120_000,
  /** A lab starts. */
  labStartMs: 40_000,
} as const;
