import { messageOf } from '../errors.ts';
import type { StepContext } from '../state/step-context.ts';
import { type CommandHandler, type LoggingCommand, parseLoggingCommand } from './logging-command.ts';
import { taskCommands } from './task-commands.ts';

const unknown =
  (name: string): CommandHandler =>
  (step) =>
    step.warning(`the local agent does not know '##vso[${name}]'`);

/** `##vso[build.…]`: BuildCommandExtension.cs. */
const buildCommands: Readonly<Record<string, CommandHandler>> = {
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

const areas: Readonly<Record<string, Readonly<Record<string, CommandHandler>>>> = {
  task: taskCommands,
  build: buildCommands,
  // Telemetry of tasks that are not Microsoft's is dropped.
  telemetry: { publish: () => undefined },
};

/** Commands that a task in restricted mode may use: TaskCommandExtension.cs. */
const unrestricted = new Set(
  [
    'logissue',
    'issue',
    'setprogress',
    'logdetail',
    'complete',
    'setsecret',
    'setvariable',
    'settaskvariable',
    'debug',
    'prependpath',
  ]
    .map((event) => `task.${event}`)
    .concat('telemetry.publish'),
);

const help = 'Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)';

/** A line that a task wrote, on stdout or stderr: a command or a line of the log. */
export function handleOutput(step: StepContext, line: string): void {
  const command = parseLoggingCommand(line);
  if (command === undefined) {
    if (line.toLowerCase().includes('##vso')) {
      step.warning(
        `'${line}' contains logging command keyword '##vso', but it's not a legal command. ${help}`,
      );
    }
    step.write(line);
    return;
  }
  const area = Object.hasOwn(areas, command.area) ? areas[command.area] : undefined;
  if (area === undefined) {
    step.warning(`Can't find command extension for ##vso[${command.area}.${command.event}]. ${help}`);
    return;
  }
  try {
    run(step, command, area);
  } catch (error) {
    step.error(`Unable to process command '${line}' successfully. ${help}`);
    step.error(messageOf(error));
    step.commandResult = 'failed';
  }
}

function run(
  step: StepContext,
  command: LoggingCommand,
  area: Readonly<Record<string, CommandHandler>>,
): void {
  const name = `${command.area}.${command.event}`;
  const handler = Object.hasOwn(area, command.event) ? area[command.event] : undefined;
  if (handler === undefined)
    throw new Error(`##vso[${name}] is not a recognized command for ${command.area}. ${help}`);
  if (step.planned.task.definition.isRestricted && !unrestricted.has(name)) {
    step.warning(`The task is in restricted mode: the command ##vso[${name}] is ignored. ${help}`);
    return;
  }
  handler(step, command);
  if (name !== 'task.debug') step.debug(`Processed: ##vso[${name}]`);
}
