import { INSTANCE } from '../../fixtures/lab/metadata.ts';
import type { RequestSeen } from '../../helpers/exchange/observers/received.ts';

/** Headers of a request, by name: as values that print with their names where a claim fails. */
type Told = Record<string, string | undefined>;

/** Who an upstream was told that its request is of; words where it got none, which is not the same as being told nothing. */
export function workload([request]: (RequestSeen | undefined)[]): Told | string {
  return request ? by(request.header('x-workload-id'), request.header('x-workload-user')) : NOTHING_ARRIVED;
}

/** The same, as it has to be. */
export function by(program: string | undefined, user: string | undefined): Told {
  return { 'x-workload-id': program, 'x-workload-user': user };
}

/** What an upstream was told of the instance. */
export function instance([request]: RequestSeen[]): Told | string {
  return request ? on(INSTANCE_HEADERS.map((name) => request.header(name))) : NOTHING_ARRIVED;
}

const NOTHING_ARRIVED = 'no request arrived at the upstream';
const INSTANCE_HEADERS = ['x-workload-local-hostname', 'x-workload-instance-id', 'x-workload-zone'];

function on(values: (string | undefined)[]): Told {
  return Object.fromEntries(INSTANCE_HEADERS.map((name, index) => [name, values[index]]));
}

/** What it has to be told: what the metadata service of a lab says. */
export const THE_INSTANCE: Told = on(Object.values(INSTANCE));

/** An upstream that was told of no instance. */
export const NO_INSTANCE: Told = on([]);
