import type { FrameType } from './frame.ts';

/** A frame that a script waits for: the fields that are given. */
export interface FrameMatch {
  type: FrameType;
  /** Default: the script's current stream for frames of streams, 0 for those of connections. */
  stream?: number;
  endStream?: true;
  ack?: true;
  code?: string;
  /** Text that the data contains. */
  data?: string;
}
