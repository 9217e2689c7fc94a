import { existsSync, readFileSync } from 'node:fs';
import { EOL } from 'node:os';
import { basename, isAbsolute, join } from 'node:path';
import { mergeResults, parseResultWord } from '../state/results.ts';
import type { StepContext } from '../state/step-context.ts';
import { type CommandHandler, escapeData } from './logging-command.ts';

const isTrue = (text: string | undefined) => text?.toLowerCase() === 'true';

const logIssue: CommandHandler = (step, { properties, data }) => {
  // Only the agent itself may name a source: a task has no valid correlation id.
  const { type, source: _source, correlationid: _id, ...rest } = properties;
  if (type === undefined) step.warning("Can't create TaskIssue from logging event.");
  else if (type.toLowerCase() === 'error') step.error(data, rest);
  else if (type.toLowerCase() === 'warning') step.warning(data, rest);
  else throw new Error(`issue type ${type} is not an expected issue type.`);
};

const complete: CommandHandler = (step, { properties }) => {
  const word = properties.result ?? '';
  const result = parseResultWord(word);
  if (result === undefined) throw new Error("Command doesn't have valid result value.");
  step.result = mergeResults(step.result, result);
  step.planned.record.update({ percentComplete: 100 });
  if (isTrue(properties.done)) step.forceDone();
};

const setVariable: CommandHandler = (step, { properties, data }) => {
  const name = properties.variable;
  if (name === undefined)
    throw new Error("Required field 'variable' is missing in ##vso[task.setvariable] command.");
  const { job, planned } = step;
  // The bare name is looked at, also where the value goes to an output.
  if (job.variables.isReadOnly(name)) throw new Error(notPermitted('variable', name));
  const isSecret = isTrue(properties.issecret);
  checkSecret(step, data, isSecret);
  if (!maySet(step, name)) {
    step.warning(`Setting variable '${name}' has been disabled by the task or build definition.`);
    return;
  }
  const isMarked = isTrue(properties.isoutput);
  const isOutput =
    isMarked ||
    planned.task.definition.outputVariables.some((output) => output.toLowerCase() === name.toLowerCase());
  const fullName = isOutput ? `${planned.refName}.${name}` : name;
  job.variables.set(fullName, data, { isSecret, isReadOnly: isMarked || isTrue(properties.isreadonly) });
  const staysSecret = job.variables.find(fullName)?.isSecret === true;
  if (staysSecret) job.masker.add(data);
  if (isOutput) job.outputs.set(fullName, { value: data, isSecret: staysSecret });
};

const notPermitted = (what: string, name: string) =>
  `Overwriting readonly ${what} '${name}' is not permitted. See ` +
  'https://github.com/microsoft/azure-pipelines-yaml/blob/master/design/readonly-variables.md for details.';

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
  if (value.includes(EOL)) throw new Error('Secrets cannot contain multiple lines');
  [value, escapeData(value)].forEach((form) => step.job.masker.add(form));
}

const setTaskVariable: CommandHandler = (step, { properties, data }) => {
  const name = properties.variable;
  if (name === undefined)
    throw new Error("Required field 'variable' is missing in ##vso[task.settaskvariable] command.");
  const { taskVariables } = step.planned;
  if (taskVariables.isReadOnly(name)) throw new Error(notPermitted('task variable', name));
  const isSecret = isTrue(properties.issecret);
  checkSecret(step, data, isSecret);
  taskVariables.set(name, data, { isSecret, isReadOnly: isTrue(properties.isreadonly) });
};

const setSecret: CommandHandler = (step, { data }) => {
  if (data !== '') step.job.masker.add(data);
};

/** What is no whole number counts as 0. */
const setProgress: CommandHandler = (step, { properties: { value = '' } }) => {
  const percent = /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : 0;
  step.planned.record.update({ percentComplete: Math.min(Math.max(percent, 0), 100) });
};

const uploadSummary: CommandHandler = (step, { data }) => {
  const path = isAbsolute(data) ? data : join(step.job.directories.work, data);
  if (data === '' || !existsSync(path))
    throw new Error("Cannot upload attachment file, file path doesn't exist.");
  const content = readFileSync(path);
  const type = 'Distributedtask.Core.Summary';
  step.job.observer.attachment({ recordId: step.planned.record.id, type, name: basename(data), content });
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
  debug: (step, { data }) => step.debug(data),
  uploadsummary: uploadSummary,
};
