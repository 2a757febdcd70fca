/** Promise.all that waits for all promises before it throws, so that none continues. */
export async function settled<T>(promises: T[]): Promise<Awaited<T>[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
