import pc from 'picocolors';

/** Colours on a terminal alone, or where FORCE_COLOR asks for them: picocolors by itself takes a CI for a terminal. */
export const colours = pc.createColors(
  pc.isColorSupported && (process.stdout.isTTY || process.env.FORCE_COLOR !== undefined),
);
