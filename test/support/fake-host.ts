import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import type { ConnectionDetails, FindFiles, Host, StepResult } from '../../tasks/common/agent/host.ts';
import { type Clock, systemClock } from '../../tasks/common/clock.ts';
import { type OnError, type TaskContext, type TaskRun, resultOf } from '../../tasks/common/main.ts';
import { outputText } from '../../tasks/common/text/output-values.ts';
import { neutralText, redactBeforeCutting } from '../../tasks/common/text/plain-text.ts';
import { redactorOf } from '../../tasks/common/text/redaction.ts';

export interface FakeHostOptions {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly variables?: Readonly<Record<string, string>>;
  /** Variables that are secret; their values are part of `variables` as far as reading goes. */
  readonly secrets?: Readonly<Record<string, string>>;
  readonly connections?: Readonly<Record<string, ConnectionDetails>>;
  readonly taskVariables?: Record<string, string>;
}

/** An agent in memory: what a task did with it can be read afterwards. */
export class FakeHost implements Host {
  readonly outputs: Record<string, string> = {};
  readonly variables: Record<string, string>;
  readonly taskVariables: Record<string, string>;
  readonly masked: string[] = [];
  readonly lines: string[] = [];
  readonly warnings: string[] = [];
  readonly debugLines: string[] = [];
  readonly percents: number[] = [];
  readonly summaries: string[] = [];
  result: { result: StepResult; message: string } | undefined;
  readonly #options: FakeHostOptions;

  constructor(options: FakeHostOptions = {}) {
    this.#options = options;
    this.variables = { ...options.variables, ...options.secrets };
    this.taskVariables = options.taskVariables ?? {};
    redactBeforeCutting((text) => redactorOf([...this.secretValues(), ...this.masked])(text));
  }

  input(name: string): string | undefined {
    return this.#options.inputs?.[name]?.trim() || undefined;
  }

  variable(name: string): string | undefined {
    return this.variables[name];
  }

  hasVariable(name: string): boolean {
    return this.declaredVariables().some((held) => held.toLowerCase() === name.toLowerCase());
  }

  declaredVariables(): readonly string[] {
    return Object.keys(this.variables);
  }

  secretValues(): readonly string[] {
    return Object.values(this.#options.secrets ?? {});
  }

  serviceConnection(id: string): ConnectionDetails {
    return this.#options.connections?.[id] ?? { url: undefined, username: undefined, password: undefined };
  }

  jobConnection(): { url: string | undefined; token: string | undefined } {
    return { url: this.variables['System.CollectionUri'], token: this.variables['System.AccessToken'] };
  }

  proxy(): undefined {
    return undefined;
  }

  certificates(): Record<string, never> {
    return {};
  }

  taskVariable(name: string): string | undefined {
    return this.taskVariables[name];
  }

  setTaskVariable(name: string, value: string): void {
    this.taskVariables[name] = value;
  }

  setOutput(name: string, value: string): void {
    this.outputs[name] = outputText(value).text;
  }

  setVariable(name: string, value: string): void {
    this.variables[name] = value;
  }

  maskSecret(value: string): void {
    this.masked.push(value);
  }

  debug(text: string): void {
    this.debugLines.push(neutralText(text));
  }

  info(text: string): void {
    this.lines.push(neutralText(text));
  }

  warning(text: string): void {
    this.warnings.push(neutralText(text));
  }

  progress(percent: number): void {
    this.percents.push(percent);
  }

  attachSummary(file: string): void {
    this.summaries.push(file);
  }

  complete(result: StepResult, message: string): void {
    this.result = { result, message };
  }
}

/** Names in one folder, with `*` only. */
export const findFiles: FindFiles = (root, pattern) => {
  const path = resolve(root, pattern);
  const quoted = basename(path)
    .split('*')
    .map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  const expression = new RegExp(`^${quoted.join('.*')}$`);
  const names = existsSync(dirname(path)) ? readdirSync(dirname(path)) : [];
  return names
    .filter((name) => expression.test(name))
    .sort()
    .map((name) => join(dirname(path), name));
};

export interface RunOptions {
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly environment?: TaskContext['environment'];
  /** What the task's entry gives to `main`. */
  readonly onOutage?: OnError;
}

/** Runs a task with this host, and returns what the agent would show as its result. */
export async function runTask(
  run: TaskRun,
  host: FakeHost,
  options: RunOptions = {},
): Promise<{ result: StepResult; message: string }> {
  const { clock = systemClock, signal = new AbortController().signal, environment = {} } = options;
  const outcome = await resultOf(run, { host, clock, signal, environment }, options.onOutage);
  host.complete(outcome.result, outcome.message);
  return outcome;
}
