import { randomUUID } from 'node:crypto';
import type { TaskResult, TemplateReference, TimelineRecord } from '../../agent/types.ts';
import type { Build } from '../model.ts';
import { ask } from './approvals.ts';
import { environmentOf } from './configurations.ts';
import { type World, checkRecord, ended } from './records.ts';
import { hasRequiredTemplate } from './required-template.ts';

interface StageChecks {
  readonly build: Build;
  readonly stage: TimelineRecord;
  /** Names of the environments that the stage deploys to. */
  readonly environments: readonly string[];
  /** What the pipeline extends. */
  readonly extended: readonly TemplateReference[];
}

/**
 * Holds a stage up until its environments' checks are passed; otherwise with the result that it ends with. What needs
 * no waiting comes first: nobody is asked about a stage that another check refuses.
 */
export async function passChecks(world: World, about: StageChecks): Promise<TaskResult | undefined> {
  const { build, stage } = about;
  const environments = about.environments.map((name) => environmentOf(world.state, name));
  const checks = world.state.checks.filter(({ environment }) => environments.includes(environment));
  if (checks.length === 0) return undefined;
  world.notify({ kind: 'stage', build, record: stage, isWaiting: true });
  const checkpoint = checkRecord('Checkpoint', stage, randomUUID());
  build.records.set(checkpoint.id, checkpoint);
  const result = passTemplateChecks() ? await passApprovals() : 'failed';
  build.records.set(checkpoint.id, ended(checkpoint, result));
  return result;

  function passTemplateChecks(): boolean {
    const passed = checks.flatMap((check) => {
      if (check.type !== 'ExtendsCheck') return [];
      const isPassed = hasRequiredTemplate(world.state, check.templates, about.extended);
      const record = checkRecord('Checkpoint.ExtendsCheck', checkpoint, randomUUID());
      // The service says no reason, neither here nor in a log.
      build.records.set(record.id, ended(record, isPassed ? undefined : 'failed'));
      return [isPassed];
    });
    return !passed.includes(false);
  }

  async function passApprovals(): Promise<TaskResult | undefined> {
    const guarded = environments.filter(({ approvers }) => approvers.length > 0);
    const asked = guarded.map((environment) => ask(world, { build, stage, environment, checkpoint }));
    return (await Promise.all(asked)).find((each) => each !== undefined);
  }
}
