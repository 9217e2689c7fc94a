import assert from 'node:assert/strict';
import { readManifests } from '../../scripts/manifests.ts';

/** The folder names of all tasks, as the manifests tell them. */
export const taskNames = Object.keys(readManifests().tasks);

/**
 * Declares the test that a list of a test file leaves out no task.
 *
 * @param listed the tasks that the list names.
 * @param what what to add for a task that is missing, and where.
 */
export function itNamesEveryTask(listed: Iterable<string>, what: string): void {
  const known = new Set(listed);
  it('leave out no task', () => {
    assert.deepEqual(
      [...known].filter((task) => !taskNames.includes(task)),
      [],
      'there are no such tasks',
    );
    for (const task of taskNames) assert.ok(known.has(task), `${task} is missing: ${what}.`);
  });
}
