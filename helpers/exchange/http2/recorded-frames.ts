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
  const kept = frames.filter((frame) => !/^(PING|WINDOW_UPDATE)$/.test(frame.type) && !('ack' in frame));
  const merged: ReceivedFrame[] = [];
  for (const frame of kept.toSorted((a, b) => a.stream - b.stream)) {
    const last = merged.at(-1);
    if (frame.type === 'DATA' && last?.type === 'DATA' && last.stream === frame.stream)
      merged[merged.length - 1] = { ...frame, data: last.data + frame.data };
    else merged.push(frame);
  }
  return merged.map((frame) => (frame.type === 'DATA' ? { ...frame, data: shortened(frame.data) } : frame));
}

function shortened(data: string): string {
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
