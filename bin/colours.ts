import pc from 'picocolors';

/** Colours on a terminal or with FORCE_COLOR only: picocolors takes a CI for a terminal. */
export const colours = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY || process.env.FORCE_COLOR !== undefined),
);
