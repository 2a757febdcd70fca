import type { Settings } from './frame.ts';

/** What an end of an HTTP/2 connection does by itself; `false` leaves it to the script. */
export interface AutomaticFrames {
  /** Sends the client's preface first. Default: true. */
  preface?: false;
  /** The settings of the first SETTINGS frame. Default: none. `false` sends no such frame. */
  settings?: Settings | false;
  /** Acknowledges SETTINGS and PING. Default: true. */
  acks?: false;
  /** Opens the windows again by what arrives as DATA. Default: true. */
  windowUpdates?: false;
}
