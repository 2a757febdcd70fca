import type { RawHeader } from '../wire.ts';
import type { Frame } from './frame.ts';

interface GrpcRequest {
  /** `/package.Service/Method`. */
  path: string;
  authority?: string;
  /** Further headers, after those that gRPC requires. */
  headers?: RawHeader[];
  /** Serialized messages, one byte a character. Default: one empty message. */
  messages?: string[];
}

interface GrpcResponse {
  /** `grpc-status`. Default: 0, OK. */
  status?: number;
  /** `grpc-message`. */
  message?: string;
  headers?: RawHeader[];
  /** Further trailers. */
  trailers?: RawHeader[];
  /** Serialized messages, one byte a character. Default: one empty message. */
  messages?: string[];
}

/** The frames of a gRPC request. */
export function grpcRequest({ path, authority = 'grpc.test', headers = [], messages = [''] }: GrpcRequest): Frame[] {
  const required: RawHeader[] = [
    [':method', 'POST'],
    [':scheme', 'http'],
    [':path', path],
    [':authority', authority],
    ['te', 'trailers'],
    ['content-type', 'application/grpc'],
  ];
  return [
    { type: 'HEADERS', headers: [...required, ...headers] },
    { type: 'DATA', data: messages.map(prefixed).join(''), endStream: true },
  ];
}

/** The frames of a gRPC response with its status in trailers. */
export function grpcResponse({ headers = [], messages = [''], ...end }: GrpcResponse = {}): Frame[] {
  return [
    { type: 'HEADERS', headers: [...RESPONSE, ...headers] },
    { type: 'DATA', data: messages.map(prefixed).join('') },
    { type: 'HEADERS', headers: statusLines(end), endStream: true },
  ];
}

/** A gRPC response of one HEADERS frame: its status is among the headers. */
export function grpcTrailersOnly({ headers = [], ...end }: Omit<GrpcResponse, 'messages'>): Frame[] {
  return [{ type: 'HEADERS', headers: [...RESPONSE, ...headers, ...statusLines(end)], endStream: true }];
}

const RESPONSE: RawHeader[] = [
  [':status', '200'],
  ['content-type', 'application/grpc'],
];

function statusLines({ status = 0, message, trailers = [] }: Omit<GrpcResponse, 'messages'>): RawHeader[] {
  const text: RawHeader[] = message === undefined ? [] : [['grpc-message', message]];
  return [['grpc-status', `${status}`], ...text, ...trailers];
}

/** A message behind its prefix: not compressed, and its length in four bytes. */
function prefixed(message: string): string {
  const { length } = message;
  return String.fromCharCode(0, length >>> 24, (length >> 16) & 255, (length >> 8) & 255, length & 255) + message;
}
