import { isScalar, visit } from 'yaml';
import { errorsIn } from '../../envoy/log-errors.ts';
import { snakeCase } from '../fields.ts';
import { type ConfigDocument, type ConfigPath, lineOf, nodeAt } from '../input/config-document.ts';

/** Why an Envoy refuses a config. */
export interface LoadError {
  /** In one line, without what Envoy varies at random. */
  why: string;
  /** `static_resources.clusters[0].hosts`. */
  field?: string;
  /** Of the config, from 1. */
  line?: number;
}

const MOST_CHARACTERS = 400;

/** The reason in Envoy's log at its start; undefined where the log has none. */
export function loadErrorIn(log: string, config?: ConfigDocument): LoadError | undefined {
  const [text] = errorsIn(log)
    .split('\n')
    .filter((line) => !/^(stacktrace for envoy bug|#\d+ |envoy bug failure)/.test(line));
  return text === undefined || text === '' ? undefined : loadError(text, config);
}

/** Reads an error message of Envoy about its config. */
export function loadError(message: string, config?: ConfigDocument): LoadError {
  const text = withoutNoise(message);
  const path = pathIn(text);
  const why = rephrased(text);
  const found = path && config && deepest(config, path);
  const named = config && lineOfNamed(config, message);
  const line = found?.whole ? found.line : (named ?? found?.line);
  return {
    why: why.length > MOST_CHARACTERS ? `${why.slice(0, MOST_CHARACTERS)}…` : why,
    ...(path && { field: pathText(path) }),
    ...(line !== undefined && { line }),
  };
}

/** Removes white space and links that Envoy adds at random, and the config that it repeats. */
function withoutNoise(message: string): string {
  return (
    message
      .replace(/\s*goo\.gle\/debug\w*\s*/g, ' ')
      .replace(/\): \{[\s\S]*$/, ')')
      .replaceAll(/,? *near +\d+:\d+ +\(offset +\d+\):/g, ':')
      // The name of a listener without one is random.
      .replaceAll(/\blistener '[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'/g, 'unnamed listener')
      .replaceAll(/\s+/g, ' ')
      .trim()
  );
}

/** The shorter forms of Envoy's messages, without the names of classes around them. */
const FORMS: [pattern: RegExp, form: string][] = [
  [/^Protobuf message \(type [\w.]+ reason INVALID_ARGUMENT: (.*)\) has unknown fields$/, '$1'],
  [/^Unable to parse JSON as proto \(INVALID_ARGUMENT: (.*?)\)?$/, '$1'],
  [/^invalid JSON in [\w.]+ @ ?([\w.[\]]*): message [\w.]+: no such field: '(.*)'$/, '$1 has no field "$2"'],
  [/^invalid JSON in ([\w.]+) @ ?: message [\w.]+: no such field: '(.*)'$/, '$1 has no field "$2"'],
  [/^invalid JSON in [\w.]+ @ ?([\w.[\]]+): [\w.]+( [\w.]+)?: (.*)$/, '$1: $3'],
  [/^Proto constraint validation failed \((.*)\)$/, '$1'],
  [
    /^could not find @type '(?:type\.googleapis\.com\/)?(?!envoy\.|type\.googleapis)(.*)'$/,
    'this build of Envoy lacks the type $1, which is of another distribution; run that one with `--envoy-image`',
  ],
  [
    /^could not find @type '(?:type\.googleapis\.com\/)?(.*)'$/,
    'this build of Envoy lacks the type $1; extensions in contrib are in images envoyproxy/envoy:contrib-v…, which `--envoy-image` runs',
  ],
  [
    /^Didn't find a registered implementation for '(.*?)' with type URL: ''$/,
    'filter or extension "$1" has no typed_config',
  ],
  [
    /^Didn't find a registered implementation for '(.*?)' with type URL: '(.*?)'$/,
    'extension "$1" has the type $2, which this build of Envoy does not have, or which is of another kind of extension',
  ],
];

function rephrased(text: string): string {
  const short = FORMS.reduce((line, [pattern, form]) => line.replace(pattern, form), text);
  const constraint = constraintIn(short);
  if (constraint === undefined) return short;
  return `${pathText(constraint.path)}: ${constraint.reason}`;
}

/**
 * The path of a failed constraint: `BootstrapValidationError.StaticResources: embedded message failed
 * validation | caused by StaticResourcesValidationError.Clusters[0]: … | caused by
 * ClusterValidationError.Name: value length must be at least 1 characters`.
 */
function constraintIn(text: string): { path: ConfigPath; reason: string } | undefined {
  const steps = [...text.matchAll(/(?:^|\(|caused by )\w+ValidationError\.(\w+)(?:\[(\w+)\])?: ([^|]*)/g)];
  const last = steps.at(-1);
  if (!last) return undefined;
  const path = steps.flatMap(([, field = '', index]) => [
    snakeOf(field),
    ...(index === undefined ? [] : [indexOf(index)]),
  ]);
  return { path, reason: (last[3] ?? '').replace(/\)(: .*)?$/, '').trim() };
}

/** `static_resources` of `StaticResources`. */
const snakeOf = (name: string): string => snakeCase(`${name[0]?.toLowerCase()}${name.slice(1)}`);

const indexOf = (text: string): string | number => (/^\d+$/.test(text) ? Number(text) : text);

function pathIn(text: string): ConfigPath | undefined {
  const constraint = constraintIn(text);
  if (constraint) return constraint.path;
  const [, at, field] = /@ ?([\w.[\]]+):(?:.* no such field: '([^']*)')?/.exec(text) ?? [];
  if (at === undefined) return undefined;
  const path = [...at.matchAll(/([^.[\]]+)|\[(\w+)\]/g)].map(([, key, index]) => key ?? indexOf(index ?? ''));
  return field === undefined ? path : [...path, field];
}

/** `static_resources.clusters[0].name`. */
export function pathText(path: ConfigPath): string {
  return path
    .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
    .join('')
    .replace(/^\./, '');
}

/** The line of a path, or of its longest part that the config has. */
function deepest(config: ConfigDocument, path: ConfigPath): { line?: number; whole: boolean } | undefined {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(config, path.slice(0, length));
    const line = node && lineOf(config, node);
    if (line !== undefined) return { line, whole: length === path.length };
  }
  return undefined;
}

/**
 * The line of what a message names: a quoted text, a path or an address that is a value or a key of
 * the config. Names that occur once come first.
 */
function lineOfNamed(config: ConfigDocument, message: string): number | undefined {
  const quoted = [...message.matchAll(/'([^'\n]+)'|"([^"\n]+)"|`([^`\n]+)`/g)].map(([, a, b, c]) => a ?? b ?? c ?? '');
  const words = message.split(/[\s,;()'"]+/).map((word) => word.replace(/[.:]+$/, ''));
  const names = [...quoted, ...words.filter((word) => /[/._-]|\d/.test(word) && word.length > 3)];
  const candidates = names.flatMap((name) => linesOf(config, name)).filter(({ lines }) => lines.length > 0);
  const unique = candidates.find(({ lines }) => lines.length === 1) ?? candidates[0];
  return unique?.lines[0];
}

/** The lines where the config has a text as a value or as a key. */
export function linesOf(config: ConfigDocument, text: string): { text: string; lines: number[] }[] {
  const wanted = [text, text.replace(/^type\.googleapis\.com\//, ''), text.replace(/:\d+$/, '')];
  return wanted
    .filter((each, index) => wanted.indexOf(each) === index)
    .map((each) => ({ text: each, lines: textLines(config, each) }));
}

function textLines({ document, lines }: ConfigDocument, text: string): number[] {
  const found: number[] = [];
  if (!document) return found;
  visit(document, {
    Scalar(key, node) {
      const value = String(node.value);
      const same =
        value === text || (key === 'key' && snakeCase(value) === text) || value === `type.googleapis.com/${text}`;
      if (same && node.range) found.push(lines.linePos(node.range[0]).line);
    },
  });
  return found;
}

/** The lines of a field, by its name in snake_case. */
export function fieldLines({ document, lines }: ConfigDocument, field: string): number[] {
  const found: number[] = [];
  if (!document) return found;
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && snakeCase(String(key.value)) === field && key.range)
        found.push(lines.linePos(key.range[0]).line);
    },
  });
  return found;
}
