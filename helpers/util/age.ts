const MINUTE = 60_000;
const UNITS = { w: 7 * 24 * 60 * MINUTE, d: 24 * 60 * MINUTE, h: 60 * MINUTE, min: MINUTE };

/** Reads an age, `7d`, `12h`, `2w` or `30min`. @returns milliseconds; undefined for anything else */
export function ageFrom(text: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,3})(w|d|h|min)$/.exec(text) ?? [];
  return unit === undefined ? undefined : Number(count) * UNITS[unit as keyof typeof UNITS];
}

/** An age for people in its largest unit below weeks: `3 d`, `17 h`, `0 min`. */
export function ageText(ms: number): string {
  const unit = ms >= UNITS.d ? 'd' : ms >= UNITS.h ? 'h' : 'min';
  return `${Math.max(0, Math.floor(ms / UNITS[unit]))} ${unit}`;
}
