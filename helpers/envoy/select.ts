import { type Document, isMap, isScalar, isSeq, type YAMLMap } from 'yaml';

/**
 * Kinds of objects in an Envoy config, each with its containing kind and the path from there; `*`
 * is any list item.
 */
const KINDS = {
  listener: { paths: ['static_resources.listeners.*'] },
  'listener filter': { within: 'listener', paths: ['listener_filters.*'] },
  'network filter': { within: 'listener', paths: ['filter_chains.*.filters.*', 'default_filter_chain.filters.*'] },
  'HTTP connection manager': { within: 'network filter', paths: ['typed_config'] },
  'HTTP filter': { within: 'HTTP connection manager', paths: ['http_filters.*'] },
  'virtual host': { within: 'HTTP connection manager', paths: ['route_config.virtual_hosts.*'] },
  route: { within: 'virtual host', paths: ['routes.*'] },
  cluster: { paths: ['static_resources.clusters.*'] },
  endpoint: { within: 'cluster', paths: ['load_assignment.endpoints.*.lb_endpoints.*.endpoint'] },
} as const satisfies Record<string, { within?: string; paths: readonly string[] }>;

type Kind = keyof typeof KINDS;

/** An object of an Envoy config by name; without a name, the only one of its kind. */
export interface Selector {
  kind: Kind;
  name?: string | undefined;
  /** The containing object, where a name is not unique. */
  within?: Selector | undefined;
}

const selecting = (kind: Kind) => (name?: string, within?: Selector) => ({ kind, name, within }) satisfies Selector;

export const listener = selecting('listener');
export const listenerFilter = selecting('listener filter');
export const networkFilter = selecting('network filter');
/** By the name of its listener. */
export const connectionManager = selecting('HTTP connection manager');
export const filter = selecting('HTTP filter');
export const virtualHost = selecting('virtual host');
/** By its name or its match: a path, a prefix, a regular expression, or `CONNECT`. */
export const route = selecting('route');
export const cluster = selecting('cluster');
/** By its address: `127.0.0.1:5010`. */
export const endpoint = selecting('endpoint');

/** Steps from the top of a document. */
export type Place = (string | number)[];

interface Found {
  kind: Kind;
  names: string[];
  place: Place;
}

/** @throws unless exactly one object matches; the message lists the objects of that kind */
export function placeOf(document: Document, selector: Selector): Place {
  const place = findPlace(document, selector);
  if (place) return place;
  throw new Error(`the config has no ${labelOf(selector)}${knownOf(document, selector)}`);
}

/** As `placeOf`, but undefined where no object matches. */
export function findPlace(document: Document, selector: Selector): Place | undefined {
  const [one, ...more] = matching(document, selector);
  if (more.length > 0) throw new Error(`the config has several: ${labelOf(selector)}${knownOf(document, selector)}`);
  return one?.place;
}

function knownOf(document: Document, { kind }: Selector): string {
  const known = found(document, kind).map(({ names }) => names[0] ?? '(no name)');
  return `; objects of this kind: ${known.join(', ') || 'none'}`;
}

/** `route /with-body`, or `route / in virtual host all`. */
export function labelOf({ kind, name, within }: Selector): string {
  return `${kind}${name === undefined ? '' : ` ${name}`}${within ? ` in ${labelOf(within)}` : ''}`;
}

/** The innermost object that contains a place, if any, and the path from there. */
export function describePlace(document: Document, place: Place): { at?: Selector; path: string } {
  const around = (Object.keys(KINDS) as Kind[])
    .flatMap((kind) => found(document, kind))
    .filter((object) => startsWith(place, object.place) && place.length > object.place.length)
    .sort((one, other) => other.place.length - one.place.length)[0];
  const path = pathText(document, around?.place ?? [], place);
  return around ? { at: selectorOf(document, around), path } : { path };
}

/**
 * Resolves a path: `request_headers_to_add[x-a].append_action`. Brackets hold the name of a list
 * item, its position (`[#2]`), or a key with dots. A list of one item needs no step.
 *
 * @returns undefined where a list has no such item
 */
export function follow(document: Document, from: Place, path: string): Place | undefined {
  let place = [...from];
  for (const step of stepsOf(path)) {
    let node = document.getIn(place, true);
    if (isSeq(node)) {
      const at = itemAt(node.items, step);
      if (at !== undefined) {
        place = [...place, at];
        continue;
      }
      if (node.items.length !== 1 || !isMap(node.items[0])) return undefined;
      place = [...place, 0];
      node = node.items[0];
    }
    place = [...place, step];
  }
  return place;
}

function stepsOf(path: string): string[] {
  return [...path.matchAll(/\[((?:[^[\]]|\[[^\]]*\])*)\]|[^.[\]]+/g)].map(([step, name]) => name ?? step);
}

function itemAt(items: unknown[], step: string): number | undefined {
  const at = /^#\d+$/.test(step) ? Number(step.slice(1)) - 1 : items.findIndex((item) => namesOf(item).includes(step));
  return at in items ? at : undefined;
}

function pathText(document: Document, from: Place, to: Place): string {
  return to.slice(from.length).reduce<string>((text, step, at) => {
    const node = document.getIn(to.slice(0, from.length + at), true);
    if (!isSeq(node)) {
      if (/[.[\]]/.test(`${step}`)) return `${text}[${step}]`;
      return text === '' ? `${step}` : `${text}.${step}`;
    }
    const [name] = namesOf(node.items[Number(step)]);
    const last = from.length + at === to.length - 1;
    if (name === undefined && node.items.length === 1 && !last) return text;
    return `${text}[${name !== undefined && itemAt(node.items, name) === step ? name : `#${Number(step) + 1}`}]`;
  }, '');
}

function selectorOf(document: Document, object: Found): Selector {
  const selector: Selector = { kind: object.kind, name: object.names[0] };
  if (matching(document, selector).length === 1) return selector;
  const kind = withinOf(object.kind);
  const holder = kind && found(document, kind).find(({ place }) => startsWith(object.place, place));
  return holder ? { ...selector, within: selectorOf(document, holder) } : selector;
}

function matching(document: Document, { kind, name, within }: Selector): Found[] {
  const holder = within ? findPlace(document, within) : [];
  if (!holder) return [];
  return found(document, kind).filter(
    ({ names, place }) => (name === undefined || names.includes(name)) && startsWith(place, holder),
  );
}

function withinOf(kind: Kind): Kind | undefined {
  const spec = KINDS[kind];
  return 'within' in spec ? spec.within : undefined;
}

/** All objects of a kind, in the order of the file. */
function found(document: Document, kind: Kind): Found[] {
  const within = withinOf(kind);
  const holders: Pick<Found, 'names' | 'place'>[] = within ? found(document, within) : [{ names: [], place: [] }];
  return holders.flatMap((holder) =>
    KINDS[kind].paths.flatMap((path) =>
      expanded(document, holder.place, path).flatMap((place): Found[] => {
        const node = document.getIn(place, true);
        if (!isMap(node)) return [];
        if (kind !== 'HTTP connection manager') return [{ kind, names: namesOf(node), place }];
        if (!/\.HttpConnectionManager$/.test(`${node.get('@type')}`)) return [];
        const listeners = found(document, 'listener').filter((each) => startsWith(place, each.place));
        return [{ kind, names: listeners.flatMap(({ names }) => names), place }];
      }),
    ),
  );
}

function expanded(document: Document, from: Place, path: string): Place[] {
  const next = (place: Place, step: string): Place[] => {
    if (step !== '*') return [[...place, step]];
    const node = document.getIn(place, true);
    return isSeq(node) ? node.items.map((_, at) => [...place, at]) : [];
  };
  return path.split('.').reduce((places, step) => places.flatMap((place) => next(place, step)), [from]);
}

/** The names of a list item, the best first: its own name, or what it matches. */
function namesOf(item: unknown): string[] {
  if (isScalar(item)) return [String(item.value)];
  if (!isMap(item)) return [];
  const values = NAMING.map((path) => item.getIn(path)).concat(addressOf(item));
  if (item.hasIn(['match', 'connect_matcher'])) values.push('CONNECT');
  return values.flatMap((value) => (typeof value === 'string' ? [value] : []));
}

const NAMING =
  'name header.key key upgrade_type remove match.path match.prefix match.path_separated_prefix match.safe_regex.regex'
    .split(' ')
    .map((path) => path.split('.'));

function addressOf(item: YAMLMap): string | undefined {
  const socket = item.getIn(['address', 'socket_address']) ?? item.getIn(['endpoint', 'address', 'socket_address']);
  return isMap(socket) ? `${socket.get('address')}:${socket.get('port_value')}` : undefined;
}

function startsWith(place: Place, start: Place): boolean {
  return start.every((step, at) => place[at] === step);
}
