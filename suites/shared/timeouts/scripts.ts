import type { Frame } from '../../../helpers/exchange/http2/frame.ts';
import { response } from '../../../helpers/exchange/response.ts';
import type { Script } from '../../../helpers/exchange/script.ts';
import type { RawHeader } from '../../../helpers/exchange/wire.ts';

export const SILENT: Script = [{ untilEnd: true }];
/** The first three bytes of a body of ten. */
export const PART: Script = [{ send: 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc' }, { untilEnd: true }];
export const answer = (status: number, headers: RawHeader[] = []): Script =>
  response({ status, headers, body: `${status}` });
export const get = (path: string, headers = '') => ({ send: `GET ${path} HTTP/1.1\r\nHost: h\r\n${headers}\r\n` });
export const halfOf = (path: string) => ({
  send: `POST ${path} HTTP/1.1\r\nHost: h\r\nContent-Length: 10\r\n\r\nhalf `,
});

export const http2 = (path: string, { headers = [] as RawHeader[], endStream = true, stream = 1 } = {}): Frame => ({
  ...{ type: 'HEADERS', stream },
  headers: [[':method', 'POST'], [':scheme', 'http'], [':path', path], [':authority', 'h'], ...headers],
  ...(endStream && { endStream }),
});
