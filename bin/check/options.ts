import type { Level } from '../../helpers/check/finding.ts';
import type { SandboxName } from '../../helpers/constants/sandboxes.ts';
import { askedFor, type Variant } from '../../helpers/record/variants.ts';

/** The options of a check. */
export interface CheckOptions {
  /** Two Envoys, separated by a comma: known versions or images. */
  envoy?: string;
  envoyImage?: string[];
  /** Paths of program files. */
  envoyBinary?: string[];
  /** `NAME=VALUE`, for `${NAME}` in configs. */
  env?: string[];
  /** `HOST:CONTAINER`: files or folders of this machine at the paths that the config names. */
  files?: string[];
  /** A saved `/config_dump` in place of config files. */
  fromDump?: string;
  rules?: string;
  topology?: string;
  /** `NAME=ID`: the ids of Envoy, of the app, and of users that rules name. */
  uid?: string[];
  /** `.http` files in place of derived requests. */
  requests?: string[];
  writeRequests?: string;
  /** The name of the setup, for the file of its requests. Default: that of the config. */
  setup?: string;
  allRequests?: boolean;
  /** How long the requests to both Envoys may take, in seconds. */
  time?: number;
  /** The code of the only request to send. */
  only?: string;
  /** Keeps the lab running, to be traced. */
  keep?: boolean;
  /** `NAME=false`, for both Envoys. */
  guard?: string[];
  /** The largest number of findings whose guards are looked for; false for none. */
  explain?: number | boolean;
  /** An accept file. */
  accept?: string;
  failOn?: Level;
  sandbox?: SandboxName;
  /** Prints progress. */
  log?: (line: string) => void;
  /** The command that makes the check, for the report. */
  command?: string;
}

/**
 * How long requests may take by default, in seconds: the 60 of a check take about 20 on a quiet machine, and
 * a busy one sends them too.
 */
export const ASK_S = 90;

/** How long the requests may take, in milliseconds; undefined without a limit. */
export function askingMs({
  time,
  allRequests,
  only,
}: Pick<CheckOptions, 'time' | 'allRequests' | 'only'>): number | undefined {
  if (time !== undefined) return time * 1_000;
  return allRequests || only !== undefined ? undefined : ASK_S * 1_000;
}

/** Up to so many findings are explained by default. */
export const EXPLAINED = 10;

/**
 * The options that a replay of a request needs too. Values of variables may be secrets: the report has names
 * of variables for them.
 */
export function repeatedOptions(options: CheckOptions, [a, b]: readonly [Variant, Variant]): string[] {
  const { env, files, fromDump, rules, topology, uid, requests, guard, sandbox } = options;
  const { envoy, envoyImage, envoyBinary } = options;
  const each = (name: string, values: (string | undefined)[] = []): string[] =>
    values.flatMap((value) => (value === undefined ? [] : [name, value]));
  const others = [...each('--envoy-image', envoyImage), ...each('--envoy-binary', envoyBinary)];
  const count = others.length / 2;
  const named = count === 0 ? [a, b] : count === 1 ? [a] : [];
  return [
    ...each('--from-dump', [fromDump]),
    ...each('--env', env),
    ...each('--files', files),
    ...each('--rules', [rules]),
    ...each('--topology', [topology]),
    ...each('--uid', uid),
    ...each('--requests', requests),
    ...each('--guard', guard),
    ...each('--sandbox', [sandbox]),
    ...each('--envoy', named.length > 0 ? [envoyText(envoy, named)] : []),
    ...others,
  ];
}

/** The value of `--envoy`: as given, where it names these Envoys. */
function envoyText(given: string | undefined, named: readonly Variant[]): string {
  const names = named.map(({ name }) => askedFor(name));
  return given !== undefined && given.split(',').length === names.length ? given : names.join(',');
}
