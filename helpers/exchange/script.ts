import { UsageError } from '../util/errors.ts';
import { unknownName } from '../util/suggestion.mjs';
import type { Frame } from './http2/frame.ts';
import type { FrameMatch } from './http2/frame-match.ts';

/** The steps of one end of a connection, by their name, with their value. */
export interface StepKinds {
  /**
   * Writes bytes exactly as given, in one segment: each character is one byte, U+0000 to U+00FF
   * (see `bytesOf`).
   */
  send: string;
  /** Writes HTTP/2 frames, in one segment. */
  frames: Frame[];
  /** Goes on once these bytes have arrived, after the place where the previous `until` matched. */
  until: string;
  /** Goes on once so many bytes in all have arrived. */
  untilBytes: number;
  /** Goes on once such an HTTP/2 frame has arrived, after the one that matched last. */
  untilFrame: FrameMatch;
  /** Goes on once the other side has ended its half. */
  untilEnd: true;
  /** Goes on once the signal of this name is raised. */
  wait: string;
  /** Raises a signal on every host of the lab. */
  signal: string;
  /** Ends the own half (FIN); bytes are still read. */
  end: true;
  /** Resets the connection (RST). */
  reset: true;
  /** Stops reading, or reads on. */
  read: boolean;
}

const STEP_NAMES: Record<keyof StepKinds, true> = {
  ...{ send: true, frames: true, until: true, untilBytes: true, untilFrame: true, untilEnd: true },
  ...{ wait: true, signal: true, end: true, reset: true, read: true },
};

/** A step of one end of a connection: `{ send: 'PING' }`, `{ end: true }`. */
export type Step = { [K in keyof StepKinds]: Pick<StepKinds, K> }[keyof StepKinds];

/**
 * The steps of one end of one connection. After the last one, the end reads until the other side
 * ends its half, and then ends its own.
 */
export type Script = Step[];

/**
 * A text in bytes of UTF-8, as a script's `send` writes them: `bytesOf('é')` is two characters. A
 * character of a script is one byte.
 */
export function bytesOf(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Whether a script speaks HTTP/2. */
export function usesFrames(script: readonly Step[]): boolean {
  return script.some((step) => 'frames' in step || 'untilFrame' in step);
}

/** What a script sends first, for a title: the first line, or the frames of a request. */
export function openingOf(script: readonly Step[]): string {
  const first = script.find((step) => 'send' in step || 'frames' in step);
  if (first && 'send' in first) {
    const [line = ''] = first.send.split('\r\n', 1);
    return line && JSON.stringify(line);
  }
  return first && 'frames' in first ? first.frames.map(nameOf).join(', ') : '';
}

function nameOf(frame: Frame): string {
  if (frame.type !== 'HEADERS') return frame.type;
  const [method, path] = [':method', ':path'].map((name) => frame.headers.find(([key]) => key === name)?.[1]);
  return method === undefined ? frame.type : `HEADERS of ${method} ${path}`;
}

/** @throws UsageError for an unknown step, and where a script cannot be written as bytes */
export function checkScript(script: readonly Step[]): void {
  for (const [index, step] of script.entries()) {
    const [kind = ''] = Object.keys(step);
    if (!(kind in STEP_NAMES))
      throw new UsageError(`step ${index + 1}: ${unknownName('step', kind, Object.keys(STEP_NAMES))}`);
    for (const name of ['send', 'until', 'frames'] as const) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: a script writes any byte.
      const [character] = /[^\u0000-\u00ff]/u.exec(textsOf((step as Partial<StepKinds>)[name])) ?? [];
      if (character === undefined) continue;
      const point = `U+${character.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}`;
      throw new UsageError(
        `step ${index + 1}: "${name}" has the character ${JSON.stringify(character)} (${point}); ` +
          'each character is one byte, up to U+00FF; write text in UTF-8 with bytesOf()',
      );
    }
  }
}

/** All texts of a value. */
function textsOf(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'object' && value !== null ? Object.values(value).map(textsOf).join('') : '';
}
