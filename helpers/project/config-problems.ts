import { unknownName } from '../util/suggestion.mjs';
import { type BigbookConfig, type Setup, TOPOLOGIES } from './config.ts';

/** Describes what is wrong with a value at a place, a line for each problem. */
type Check = (value: unknown, place: string) => string[];

const expected = (what: string, value: unknown, place: string): string[] => [
  `${place}: expected ${what}, found ${JSON.stringify(value) ?? typeof value}`,
];

const text: Check = (value, place) =>
  typeof value === 'string' && value !== '' ? [] : expected('a text', value, place);

const number: Check = (value, place) =>
  Number.isInteger(value) && Number(value) >= 0 ? [] : expected('a whole number from 0', value, place);

const anything: Check = () => [];

const listOf =
  (each: Check): Check =>
  (value, place) =>
    Array.isArray(value)
      ? value.flatMap((item, at) => each(item, `${place}[${at}]`))
      : expected('a list', value, place);

const textOrList: Check = (value, place) => (Array.isArray(value) ? listOf(text)(value, place) : text(value, place));

const recordOf =
  (each: Check): Check =>
  (value, place) =>
    isRecord(value)
      ? Object.entries(value).flatMap(([key, item]) => each(item, `${place}.${key}`))
      : expected('an object', value, place);

const oneOf =
  (kind: string, names: readonly string[]): Check =>
  (value, place) =>
    names.some((name) => name === value) ? [] : [`${place}: ${oneLine(unknownName(kind, String(value), names))}`];

/** An object with these fields; `required` must be there. */
const fields =
  (kind: string, checks: Record<string, Check>, required: string[] = []): Check =>
  (value, place) => {
    if (!isRecord(value)) return expected('an object', value, place);
    const at = (key: string): string => (place === '' ? key : `${place}.${key}`);
    const lacking = required.filter((key) => !(key in value)).map((key) => `${at(key)} is missing`);
    const wrong = Object.entries(value).flatMap(([key, item]) => {
      const check = checks[key];
      if (check) return item === undefined ? [] : check(item, at(key));
      const problem = oneLine(unknownName(kind, key, Object.keys(checks)));
      return [place === '' ? problem : `${place}: ${problem}`];
    });
    return [...lacking, ...wrong];
  };

const SETUP = {
  config: text,
  env: recordOf(text),
  files: recordOf(text),
  requests: textOrList,
  rules: text,
  topology: oneOf('topology', TOPOLOGIES),
  uids: fields('user', { envoy: number, app: number }),
  upstreams: recordOf(fields('field of an upstream', { answers: anything })),
} satisfies Record<keyof Setup, Check>;

const SETTINGS = {
  envoys: listOf(text),
  setups: (value, place) => [
    ...namesIn(value),
    ...recordOf(fields('field of a setup', SETUP, ['config']))(value, place),
  ],
  accept: text,
  changes: listOf(anything),
} satisfies Record<keyof BigbookConfig, Check>;

/** What is wrong with settings, a line each; empty for good ones. */
export function configProblems(settings: unknown): string[] {
  return fields('setting', SETTINGS)(settings, '');
}

/** Setups share file names, sockets and hosts' names with chapters. */
function namesIn(setups: unknown): string[] {
  if (!isRecord(setups)) return [];
  return Object.keys(setups)
    .filter((name) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || name.length > 40)
    .map(
      (name) => `setups: bad name ${JSON.stringify(name)}; expected lower-case words with hyphens, such as edge-proxy`,
    );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function oneLine(message: string): string {
  return message.replaceAll(/\s*\n\s*/g, ' ');
}
