import { messageOf } from '../errors.ts';
import type { StepContext } from '../state/step-context.ts';
import { type CommandHandler, type LoggingCommand, parseLoggingCommand } from './logging-command.ts';
import { taskCommands } from './task-commands.ts';

/** `##vso[build.…]`: BuildCommandExtension.cs. */
const buildCommands: Readonly<Record<string, CommandHandler>> = {
  updatebuildnumber: (step, { data }) => {
    if (data === '') throw new Error('Build number is required.');
    step.job.setBuildNumber(data);
    step.job.variables.set('Build.BuildNumber', data);
  },
  addbuildtag: (step, { data }) => {
    if (data === '') throw new Error('Build tag is required.');
    step.job.observer.tag?.(data);
  },
};

const areas: Readonly<Record<string, Readonly<Record<string, CommandHandler>>>> = {
  task: taskCommands,
  build: buildCommands,
};

/** Areas and commands of the agent that no task of the product and no example uses. */
const notModelled = new Set(
  (
    'artifact results codecoverage telemetry task.logdetail task.addattachment task.uploadfile task.prependpath ' +
    'task.setendpoint build.uploadlog build.uploadsummary'
  ).split(' '),
);

const help = 'Please reference documentation (http://go.microsoft.com/fwlink/?LinkId=817296)';

/** A line that a task wrote, on stdout or stderr: a command or a line of the log. */
export function handleOutput(step: StepContext, line: string): void {
  const command = parseLoggingCommand(line);
  if (command === undefined) {
    if (line.includes('##vso')) {
      step.warning(
        `'${line}' contains logging command keyword '##vso', but it's not a legal command. Please see the list of ` +
          'accepted commands: https://go.microsoft.com/fwlink/?LinkId=817296',
      );
    }
    step.write(line);
    return;
  }
  if (!Object.hasOwn(areas, command.area) && !notModelled.has(command.area)) {
    step.warning(`Cannot find command extension for ##vso[${command.area}.command]. ${help}`);
    return;
  }
  try {
    run(step, command);
  } catch (error) {
    step.error(`Unable to process command '${line}' successfully. ${help}`);
    step.error(messageOf(error));
    step.commandResult = 'failed';
  }
}

function run(step: StepContext, command: LoggingCommand): void {
  const name = `${command.area}.${command.event}`;
  if (notModelled.has(name) || notModelled.has(command.area)) {
    throw new Error(`the local agent does not know '##vso[${name}]'`);
  }
  const area = areas[command.area] ?? {};
  const handler = Object.hasOwn(area, command.event) ? area[command.event] : undefined;
  if (handler === undefined)
    throw new Error(`##vso[${name}] is not a recognized command for ${command.area}. ${help}`);
  handler(step, command);
  if (name !== 'task.debug') step.debug(`Processed: ##vso[${name}]`);
}
