/**
 * Every bound of set-up, in milliseconds: in plain JavaScript, as set-up runs before TypeScript can
 * be loaded.
 */
export const SETUP_TIMEOUTS = /** @type {const} */ ({
  /**
   * An engine answers a ping: at once, or after a few seconds behind a socket that systemd starts
   * it by.
   */
  pingMs: 5_000,
  /** An engine that was just started answers. */
  engineStartMs: 30_000,
  /** A registry that sends nothing for this long cannot be reached. */
  pullSilenceMs: 15_000,
  /** Another program releases the lock of the package manager. */
  aptLockMs: 120_000,
  /** A program that was asked to end has cleaned up after itself. */
  graceMs: 2_000,
});
