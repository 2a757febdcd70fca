/** A change of Envoy's behaviour, with its signs in observations. */
export interface Change {
  /**
   * The first version with the change; after a backport, the first of each minor version, oldest
   * first.
   */
  since: string | readonly [string, ...string[]];
  what: string;
  /**
   * Envoy's documentation of it; `undocumented` where there is none, with how the version was
   * found.
   */
  source: string;
  /** Its effects in a record. */
  shows: readonly Sign[];
}

/**
 * Recognises one effect of a change among the differences of two records. All given fields must
 * match.
 */
export interface Sign {
  /** A path in an observation, `replies[0].headers.x-a`, or in a chapter, `warnings`. */
  path: RegExp;
  /** The printed value before the change; empty where there was none. */
  before?: RegExp;
  /** The value since the change; empty where there is none. */
  after?: RegExp;
  /** The increase of a number. */
  by?: number;
  /**
   * Matches only in claims that declare the change (`differs`); path and values alone would match
   * too much.
   */
  declared?: true;
  /** The title of the exchange or of its claim: `QUERY …`. */
  exchange?: RegExp;
  /** An observation at such a path demands the effect; for a change that no claim declares. */
  beside?: RegExp;
}

const GUARD_ERROR = { path: /^log\[error\]\[envoy_bug\]$/ };

/** Before a guard is defined, Envoy logs an error where a config sets it. @param guard without `envoy.reloadable_features.` */
export function undefinedGuard(guard: string): Sign {
  return { ...GUARD_ERROR, before: isUnknown(guard), after: /^$/ };
}

/** Once a guard is removed, Envoy logs the same error. @param guard without `envoy.reloadable_features.` */
export function removedGuard(guard: string): Sign {
  return { ...GUARD_ERROR, before: /^$/, after: isUnknown(guard) };
}

function isUnknown(guard: string): RegExp {
  return new RegExp(`\\bremoved guard envoy\\.reloadable_features\\.${guard}\\b`);
}
