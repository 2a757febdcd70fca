import { given } from '../util/given.ts';
import type { CpuSplit } from './cpu-split.ts';
import { type Spread, spreadOf } from './spread.ts';

/** Durations and CPU times in milliseconds. CPU times that cannot be read are absent. */
export interface Cost {
  wall: Spread;
  cpu: { [part in keyof CpuSplit]?: Spread };
}

/** One measurement. */
export interface Sample {
  wallMs: number;
  cpu: CpuSplit;
}

const PARTS = ['total', 'harness', 'engine', 'containers'] as const;

/** @throws RangeError for no samples */
export function costOf(samples: readonly Sample[]): Cost {
  const cpu = PARTS.flatMap((part) => {
    const values = samples.flatMap(({ cpu: split }) => split[part] ?? []);
    return values.length > 0 ? [[part, spreadOf(values)] as const] : [];
  });
  return { wall: spreadOf(samples.map(({ wallMs }) => wallMs)), cpu: Object.fromEntries(cpu) };
}

/** Ratios of two costs, by their medians. */
export interface CostRatio {
  wall: number;
  cpu?: number;
}

/** How many times as much as `other` a cost is. */
export function ratioOf(cost: Cost, other: Cost): CostRatio {
  const [ours, theirs] = [cost.cpu.total, other.cpu.total];
  const cpu = ours && theirs && theirs.median > 0 ? ours.median / theirs.median : undefined;
  return { wall: cost.wall.median / other.wall.median, ...given({ cpu }) };
}
