import { existsSync, readFileSync } from 'node:fs';
import { basename, isAbsolute, join } from 'node:path';
import { mergeResults, parseResultWord } from '../state/results.ts';
import type { StepContext } from '../state/step-context.ts';
import type { StoredVariable } from '../variables/variables.ts';
import type { CommandHandler, LoggingCommand } from './logging-command.ts';

const isTrue = (text: string | undefined) => text?.toLowerCase() === 'true';

const logIssue: CommandHandler = (step, { properties, data }) => {
  const { type, ...rest } = properties;
  if (type === undefined) step.warning("Can't create TaskIssue from logging event.");
  else if (type.toLowerCase() === 'error') step.error(data, rest);
  else if (type.toLowerCase() === 'warning') step.warning(data, rest);
  else throw new Error(`issue type ${type} is not an expected issue type.`);
};

const complete: CommandHandler = (step, { properties }) => {
  const word = properties.result ?? '';
  const result = parseResultWord(word);
  if (result === undefined) throw new Error(`Command doesn't have valid result value: '${word}'.`);
  step.result = mergeResults(step.result, result);
  step.planned.record.update({ percentComplete: 100 });
  if (isTrue(properties.done)) step.forceDone();
};

const setVariable: CommandHandler = (step, { properties, data }) => {
  const name = properties.variable;
  if (name === undefined)
    throw new Error("Required field 'variable' is missing in ##vso[task.setvariable] command.");
  if (!maySet(step, name)) {
    step.warning(`Setting variable '${name}' has been disabled by the task or build definition.`);
    return;
  }
  const isSecret = isTrue(properties.issecret);
  checkSecret(step, data, isSecret);
  const { job, planned } = step;
  const isOutput =
    isTrue(properties.isoutput) ||
    planned.task.definition.outputVariables.some((output) => output.toLowerCase() === name.toLowerCase());
  const isReadOnly = isOutput || isTrue(properties.isreadonly);
  const fullName = isOutput ? `${planned.refName}.${name}` : name;
  const old = job.variables.find(fullName);
  // An output may be set again by its own step.
  if (old?.isReadOnly === true && !isOutput) {
    step.warning(`Overwriting readonly variable '${name}'. This behavior will be disabled in the future.`);
  }
  // What was a secret once stays one.
  const staysSecret = isSecret || (old?.isSecret ?? false);
  if (staysSecret) job.masker.add(data);
  job.variables.set(fullName, data, { isSecret: staysSecret, isReadOnly });
  if (isOutput) job.outputs.set(fullName, { value: data, isSecret: staysSecret });
};

function maySet(step: StepContext, name: string): boolean {
  const allowed = step.planned.task.definition.settableVariables;
  return allowed?.some((pattern) => matches(pattern, name)) ?? true;
}

function matches(pattern: string, name: string): boolean {
  const source = pattern.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*');
  return new RegExp(`^${source}$`, 'i').test(name);
}

function checkSecret(step: StepContext, value: string, isSecret: boolean): void {
  if (!isSecret) return;
  const mayHaveLines = isTrue(step.job.variables.get('SYSTEM_UNSAFEALLOWMULTILINESECRET'));
  if (/[\r\n]/.test(value) && !mayHaveLines) throw new Error('Secrets cannot contain multiple lines');
  step.job.masker.add(value);
}

const setTaskVariable: CommandHandler = (step, { properties, data }) => {
  const name = properties.variable;
  if (name === undefined)
    throw new Error("Required field 'variable' is missing in ##vso[task.settaskvariable] command.");
  const isSecret = isTrue(properties.issecret);
  checkSecret(step, data, isSecret);
  const old: StoredVariable | undefined = step.planned.taskVariables.find(name);
  if (old?.isReadOnly === true) step.warning(`Overwriting readonly task variable '${name}'.`);
  const isReadOnly = isTrue(properties.isreadonly);
  step.planned.taskVariables.set(name, data, { isSecret: isSecret || (old?.isSecret ?? false), isReadOnly });
};

const setSecret: CommandHandler = (step, { data }) => {
  if (data !== '') step.job.masker.add(data);
};

const setProgress: CommandHandler = (step, { properties }) => {
  const value = Number(properties.value);
  if (!Number.isInteger(value))
    throw new Error(`Command doesn't have valid progress value: '${properties.value ?? ''}'.`);
  step.planned.record.update({ percentComplete: Math.min(Math.max(value, 0), 100) });
};

const invalidInFileName = process.platform === 'win32' ? /["<>|:*?\\/\p{Cc}]/u : /[/\0]/;

function attach(step: StepContext, type: string | undefined, name: string | undefined, data: string): void {
  if (!type) throw new Error("Can't process ##vso[task.addattachment] command without attachment type.");
  if (!name) throw new Error("Can't process ##vso[task.addattachment] command without attachment name.");
  if (invalidInFileName.test(type)) throw new Error('Type contain invalid characters.');
  if (invalidInFileName.test(name)) throw new Error('Name contain invalid characters.');
  const path = isAbsolute(data) ? data : join(step.job.directories.work, data);
  if (data === '' || !existsSync(path))
    throw new Error("Cannot upload attachment file, file path doesn't exist.");
  step.job.observer.attachment({ recordId: step.planned.record.id, type, name, content: readFileSync(path) });
}

const attachAs =
  (type: string): CommandHandler =>
  (step, { data }) =>
    attach(step, type, basename(data), data);

/** The agent's folder is not searched twice. */
const prependPath: CommandHandler = (step, { data }) => {
  if (data === '') throw new Error("Can't process ##vso[task.prependpath] command without a path.");
  const { prependPath: paths } = step.job;
  const old = paths.indexOf(data);
  if (old >= 0) paths.splice(old, 1);
  paths.unshift(data);
};

/** `##vso[task.…]`: TaskCommandExtension.cs. */
export const taskCommands: Readonly<Record<string, CommandHandler>> = {
  logissue: logIssue,
  issue: logIssue,
  complete,
  setvariable: setVariable,
  settaskvariable: setTaskVariable,
  setsecret: setSecret,
  setprogress: setProgress,
  logdetail: (step) => step.warning("the local agent does not know '##vso[task.logdetail]'"),
  debug: (step, { data }) => step.debug(data),
  addattachment: (step, { properties, data }: LoggingCommand) =>
    attach(step, properties.type, properties.name, data),
  uploadsummary: attachAs('Distributedtask.Core.Summary'),
  uploadfile: attachAs('DistributedTask.Core.FileAttachment'),
  prependpath: prependPath,
};
