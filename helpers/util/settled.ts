/** As Promise.all, but waits for all of them before it throws, so that nothing goes on in the background. */
export async function settled<T>(promises: T[]): Promise<Awaited<T>[]> {
  await Promise.allSettled(promises);
  return Promise.all(promises);
}
