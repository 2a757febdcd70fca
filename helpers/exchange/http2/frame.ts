import type { RawHeader } from '../wire.ts';

/** Error codes of RST_STREAM and GOAWAY (RFC 9113, section 7); another code is its number in decimal. */
export type ErrorCode =
  | 'NO_ERROR'
  | 'PROTOCOL_ERROR'
  | 'INTERNAL_ERROR'
  | 'FLOW_CONTROL_ERROR'
  | 'SETTINGS_TIMEOUT'
  | 'STREAM_CLOSED'
  | 'FRAME_SIZE_ERROR'
  | 'REFUSED_STREAM'
  | 'CANCEL'
  | 'COMPRESSION_ERROR'
  | 'CONNECT_ERROR'
  | 'ENHANCE_YOUR_CALM'
  | 'INADEQUATE_SECURITY'
  | 'HTTP_1_1_REQUIRED';

/** Settings (RFC 9113, section 6.5.2; RFC 8441); another setting is its number in decimal. */
export type Setting =
  | 'HEADER_TABLE_SIZE'
  | 'ENABLE_PUSH'
  | 'MAX_CONCURRENT_STREAMS'
  | 'INITIAL_WINDOW_SIZE'
  | 'MAX_FRAME_SIZE'
  | 'MAX_HEADER_LIST_SIZE'
  | 'ENABLE_CONNECT_PROTOCOL';

export type Settings = { [S in Setting | `${number}`]?: number };

/**
 * An HTTP/2 frame, as scripts send it and as received. Text is one byte a character, U+0000 to
 * U+00FF. A script that gives no stream sends on its current one: the stream of the request that it
 * answers, or its own request's.
 */
export type Frame = { stream?: number } & (
  | HeadersFrame
  | DataFrame
  | { type: 'RST_STREAM'; code: ErrorCode | `${number}` }
  | { type: 'SETTINGS'; settings: Settings }
  | { type: 'SETTINGS'; ack: true }
  | { type: 'PING'; data: string; ack?: true }
  | { type: 'GOAWAY'; code: ErrorCode | `${number}`; lastStream: number; debug?: string }
  | { type: 'WINDOW_UPDATE'; increment: number }
  | { type: 'RAW'; kind: number; flags: number; payload: string }
);

/** Headers or trailers; sent with as many CONTINUATION frames as their size requires. */
export interface HeadersFrame {
  type: 'HEADERS';
  /** In wire order, with pseudo headers. */
  headers: RawHeader[];
  endStream?: true;
}

/** Sent in as many frames as its size requires, 16,384 bytes each. */
export interface DataFrame {
  type: 'DATA';
  data: string;
  endStream?: true;
}

export type FrameType = Frame['type'];

/** A frame as received. */
export type ReceivedFrame = Frame & { stream: number };
