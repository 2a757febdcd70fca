import type { CpuMeter } from '../../fixtures/bench/cpu-meter.ts';
import { type Cost, costOf, type Sample } from '../../helpers/bench/costs.ts';

/** Does work, and measures it. */
export async function measured<T>(meter: CpuMeter, work: () => Promise<T>): Promise<Sample & { value: T }> {
  const { value, cpu } = await meter.during(async () => {
    const began = performance.now();
    const result = await work();
    return { result, wallMs: performance.now() - began };
  });
  return { value: value.result, wallMs: value.wallMs, cpu };
}

/** The samples of several things, in the order in which the things were first measured. */
export class Samples<Thing extends object> {
  readonly #all = new Map<string, { thing: Thing; samples: Sample[] }>();

  add(thing: Thing, { wallMs, cpu }: Sample): void {
    const key = JSON.stringify(thing);
    const known = this.#all.get(key) ?? { thing, samples: [] };
    this.#all.set(key, known);
    known.samples.push({ wallMs, cpu });
  }

  /** @returns undefined without a sample */
  costOf(thing: Thing): Cost | undefined {
    const known = this.#all.get(JSON.stringify(thing));
    return known && costOf(known.samples);
  }

  costs(): (Thing & { cost: Cost })[] {
    return [...this.#all.values()].map(({ thing, samples }) => ({ ...thing, cost: costOf(samples) }));
  }
}
