import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Absolute paths. */
export type JobDirectories = ReturnType<typeof directoriesOf>;

/** The folders of one agent, as on a real one. */
export function directoriesOf(workDirectory: string, slot: number) {
  const home = join(workDirectory, `agent${slot}`);
  const work = join(home, '_work');
  const build = join(work, '1');
  return {
    home,
    work,
    build,
    sources: join(build, 's'),
    artifacts: join(build, 'a'),
    binaries: join(build, 'b'),
    testResults: join(build, 'TestResults'),
    temp: join(work, '_temp'),
    tools: join(work, '_tool'),
    tasks: join(work, '_tasks'),
  };
}

/** Empties what a job before left, and makes the folders. */
export async function prepareDirectories(folders: JobDirectories): Promise<void> {
  await Promise.all(
    [folders.build, folders.temp].map((path) => rm(path, { recursive: true, force: true, maxRetries: 5 })),
  );
  await Promise.all(Object.values(folders).map((path) => mkdir(path, { recursive: true })));
}

export const emptyTemp = (folders: JobDirectories): Promise<void> =>
  rm(folders.temp, { recursive: true, force: true, maxRetries: 5 }).then(() =>
    mkdir(folders.temp).then(() => undefined),
  );
