/** A chunked body of two bytes. */
export const HI = '2\r\nhi\r\n0\r\n\r\n';

/** A GET request with further header lines; the client closes the connection after the response. */
export function get(...lines: string[]): string {
  return `GET / HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n`;
}

/** A GET request with this first line. */
export function first(line: string, rest = 'Host: h\r\nConnection: close\r\n\r\n'): string {
  return `${line}\r\n${rest}`;
}

/** A POST request with further header lines and a body. */
export function post(lines: string[], body: string): string {
  return `POST / HTTP/1.1\r\nHost: h\r\n${lines.map((line) => `${line}\r\n`).join('')}Connection: close\r\n\r\n${body}`;
}

/** A POST request with a chunked body. */
export function chunked(body: string): string {
  return post(['Transfer-Encoding: chunked'], body);
}

/** Header lines of different names. */
export function lines(count: number): string {
  return Array.from({ length: count }, (_, index) => `x-h${index}: v\r\n`).join('');
}
