import { INSTANCE } from '../../../fixtures/lab/metadata.ts';
import type { RequestSeen } from '../../../helpers/exchange/observers/received.ts';

/** Request headers by name, so that a failed claim prints the names. */
type IdentityHeaders = Record<string, string | undefined>;

const NO_REQUEST = 'no request arrived at the upstream';
const INSTANCE_NAMES = ['x-workload-local-hostname', 'x-workload-instance-id', 'x-workload-zone'];

/** The expected headers of a program and its user. */
export function identityHeaders(program: string | undefined, user: string | undefined): IdentityHeaders {
  return { 'x-workload-id': program, 'x-workload-user': user };
}

/** The identity headers that an upstream received, or a text where it received no request. */
export function identityHeadersOf([request]: (RequestSeen | undefined)[]): IdentityHeaders | string {
  return request ? identityHeaders(request.header('x-workload-id'), request.header('x-workload-user')) : NO_REQUEST;
}

function instanceHeaders(values: (string | undefined)[]): IdentityHeaders {
  return Object.fromEntries(INSTANCE_NAMES.map((name, index) => [name, values[index]]));
}

/** The headers of the instance that a lab's metadata service describes. */
export const INSTANCE_HEADERS = instanceHeaders(Object.values(INSTANCE));
export const NO_INSTANCE_HEADERS = instanceHeaders([]);

/** The instance headers that an upstream received. */
export function instanceHeadersOf([request]: RequestSeen[]): IdentityHeaders | string {
  return request ? instanceHeaders(INSTANCE_NAMES.map((name) => request.header(name))) : NO_REQUEST;
}

/** Identity headers that a downstream forges. */
export const FORGED_WORKLOAD = { 'x-workload-id': 'Payroll', 'x-workload-user': 'root' };
export const FORGED_IDENTITY = {
  ...FORGED_WORKLOAD,
  ...{ 'x-workload-local-hostname': 'forged', 'x-workload-instance-id': 'i-forged', 'x-workload-zone': 'forged' },
};
