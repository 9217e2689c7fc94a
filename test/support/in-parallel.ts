/** Runs jobs, so many at a time; the results are in the order of the jobs. */
export async function inParallel<Result>(
  jobs: readonly (() => Promise<Result>)[],
  atATime: number,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = jobs.entries();
  const worker = async () => {
    for (const [index, job] of queue) results[index] = await job();
  };
  await Promise.all(Array.from({ length: atATime }, worker));
  return results;
}
