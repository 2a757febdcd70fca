import type { ConfigDump } from '../../envoy/config-dump.ts';
import type { Inventory } from '../../envoy/stats-inventory.ts';
import type { LoadResult } from '../report.ts';

/** How one Envoy took a config, without any request. */
export interface Loaded {
  result: LoadResult;
  /** Warnings, errors and critical messages of its log, by kind. */
  log: LogKind[];
  deprecations: Deprecation[];
  /** Guards that the config sets and that this Envoy no longer has. */
  removedGuards: RemovedGuard[];
  /** Runtime guards that the layers of the config set. */
  guardsSet: Record<string, boolean>;
  /** The guards that its binary has; empty where the check was not asked for them. */
  guards: string[];
  /** Absent where it did not become live. */
  inventory?: Inventory;
  dump?: ConfigDump;
}

export interface LogKind {
  level: 'warning' | 'error' | 'critical';
  component: string;
  /** The message with `<number>`, `<path>` and others in place of what varies. */
  kind: string;
  /** The first message of this kind. */
  text: string;
}

/** A field of the config that Envoy announces to remove. */
export interface Deprecation {
  /** `envoy.type.matcher.v3.RegexMatcher.google_re2`. */
  field: string;
  /** Where the config has it, lines from 1. */
  lines: number[];
}

export interface RemovedGuard {
  name: string;
  line?: number;
}
