import type { CommandHandler } from './commands.ts';
import { taskCommands } from './task-commands.ts';

const unknown =
  (name: string): CommandHandler =>
  (step) =>
    step.warning(`the local agent does not know '##vso[${name}]'`);

/** `##vso[build.…]`: BuildCommandExtension.cs. */
export const buildCommands: Readonly<Record<string, CommandHandler>> = {
  updatebuildnumber: (step, { data }) => {
    if (data === '')
      throw new Error("Build number is required. Can't process ##vso[build.updatebuildnumber].");
    step.job.setBuildNumber(data);
    step.job.variables.set('Build.BuildNumber', data);
  },
  addbuildtag: (step, { data }) => {
    if (data === '') throw new Error('Build tag is required.');
    step.job.observer.tag?.(data);
  },
  uploadsummary: (step, command) => taskCommands.uploadsummary?.(step, command),
  uploadlog: unknown('build.uploadlog'),
};
