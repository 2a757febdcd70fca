import { createHash } from 'node:crypto';
import { cut } from '../lines.ts';
import type { ReceivedFrame } from './frame.ts';

/** The longest data that a record keeps as text. */
const LONGEST = 1000;

/**
 * Frames without what varies between runs: streams one after the other, the data of a stream in one
 * piece, and no WINDOW_UPDATE, PING or acknowledgement.
 */
export function recordedFrames(frames: readonly ReceivedFrame[]): ReceivedFrame[] {
  return groupsOf(frames).flatMap((group): ReceivedFrame[] => {
    const parts = group.flatMap((at) => frames[at] ?? []);
    const last = parts.at(-1);
    if (last?.type !== 'DATA') return last ? [last] : [];
    const data = parts.map((part) => (part.type === 'DATA' ? part.data : '')).join('');
    return [{ ...last, data: shortened(data) }];
  });
}

/** The keys in a record of what a claim reads from frames by `keys`. */
export function recordedFrameKeys(frames: readonly ReceivedFrame[], [index, field, ...keys]: string[]): string[] {
  const frame = frames[Number(index)];
  if (index === undefined || !frame) return index === undefined ? [] : [index];
  const at = groupsOf(frames).findIndex((group) => group.includes(Number(index)));
  const place = at < 0 ? 'not recorded' : `${at}`;
  if (field === undefined) return [place];
  const [line] = frame.type === 'HEADERS' && field === 'headers' ? (frame.headers[Number(keys[0])] ?? []) : [];
  return [place, field, ...(line === undefined ? keys : [line])];
}

/** The indexes of the frames that a record has as one, in its order. */
function groupsOf(frames: readonly ReceivedFrame[]): number[][] {
  const kept = [...frames.entries()].filter(
    ([, frame]) => !/^(PING|WINDOW_UPDATE)$/.test(frame.type) && !('ack' in frame),
  );
  const groups: number[][] = [];
  let last: ReceivedFrame | undefined;
  for (const [at, frame] of kept.toSorted(([, a], [, b]) => a.stream - b.stream)) {
    if (frame.type === 'DATA' && last?.type === 'DATA' && last.stream === frame.stream) groups.at(-1)?.push(at);
    else groups.push([at]);
    last = frame;
  }
  return groups;
}

/** A text of bytes; its length and digest where it is long. */
export function shortened(data: string): string {
  if (data.length <= LONGEST) return data;
  return `${data.length} bytes, SHA-256 ${createHash('sha256').update(data, 'latin1').digest('hex')}`;
}

/** `HEADERS 1 :status 200, x-a: b, END_STREAM`, a line for each frame. */
export function describeFrames(frames: readonly ReceivedFrame[]): string[] {
  return frames.map((frame) => {
    const details = detailsOf(frame).filter((part) => part !== '');
    return `${frame.type}${frame.stream === 0 ? '' : ` on stream ${frame.stream}`}: ${cut(details.join(', '))}`;
  });
}

function detailsOf(frame: ReceivedFrame): string[] {
  switch (frame.type) {
    case 'HEADERS':
      return [...frame.headers.map(([name, value]) => `${name}: ${value}`), frame.endStream ? 'END_STREAM' : ''];
    case 'DATA':
      return [JSON.stringify(frame.data), frame.endStream ? 'END_STREAM' : ''];
    case 'RST_STREAM':
      return [frame.code];
    case 'GOAWAY':
      return [frame.code, `last stream ${frame.lastStream}`, frame.debug ?? ''];
    case 'SETTINGS':
      return 'ack' in frame ? ['ACK'] : Object.entries(frame.settings).map(([name, value]) => `${name} ${value}`);
    case 'WINDOW_UPDATE':
      return [`${frame.increment}`];
    case 'PING':
      return [JSON.stringify(frame.data), frame.ack ? 'ACK' : ''];
    case 'RAW':
      return [`type ${frame.kind}`, `flags ${frame.flags}`, JSON.stringify(frame.payload)];
  }
}
