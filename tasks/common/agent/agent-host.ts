// Before task-lib, which shows what it finds in the environment while it loads; out of order on purpose.
import { clientCertificatePassword, proxyPassword } from './agent-secrets.ts'; // eslint-disable-line import-x/order
import { readFileSync, writeFileSync } from 'node:fs';
import * as tl from 'azure-pipelines-task-lib/task.js';
import { markdownText } from '../text/markdown.ts';
import { outputText } from '../text/output-values.ts';
import { neutralText, plainText, redactBeforeCutting } from '../text/plain-text.ts';
import { type Redact, redactorOf, shortestSecret } from '../text/redaction.ts';
import type { FindFiles, Host, StepResult } from './host.ts';

/** Links are followed; one that leads nowhere is found, so that it can be told of by its name. */
const findOptions = {
  allowBrokenSymbolicLinks: true,
  followSpecifiedSymbolicLink: true,
  followSymbolicLinks: true,
};

/** By task-lib too, but not of the Host: it needs a library for globs, which few tasks have in their bundle then. */
export const findFiles: FindFiles = (root, pattern) =>
  [...quietly(() => tl.findMatch(root, pattern, findOptions))].sort();

/** The Host of a real agent, by azure-pipelines-task-lib: the only module that knows it. */
export function createAgentHost(): Host {
  const variableValue = (name: string) => quietly(() => tl.getVariable(name)) ?? undefined;
  // The agent's list of secrets may name one that has no value.
  const secretValues = once(() =>
    [
      ...quietly(() => tl.getVariables())
        .filter((variable) => variable.secret)
        .map((variable): string | undefined => variable.value),
      proxyPassword,
      clientCertificatePassword,
    ].filter((value) => value !== undefined),
  );
  const declaredVariables = once(() => quietly(() => tl.getVariables()).map(({ name }) => name));
  const variableNames = once(
    () =>
      new Set([
        ...declaredVariables().map((name) => name.toLowerCase()),
        ...Object.keys(process.env).map((name) => name.toLowerCase()),
      ]),
  );
  const masked: string[] = [];
  let redact: Redact = (text) => text;
  let redactAll: Redact | undefined;
  redactBeforeCutting((text) => (redactAll ??= redactorOf([...secretValues(), ...masked]))(text));
  const shown = (text: string) => neutralText(redact(plainText(text)));
  const warning = (text: string) =>
    tl.command('task.logissue', { type: 'warning', source: 'TaskInternal' }, shown(text));
  // Whatever a task has a value from: none reaches later steps in which the agent would replace or obey something.
  const setVariable = (name: string, value: string, isOutput: boolean) => {
    const { text, problem } = outputText(value);
    if (problem !== undefined) warning(`Variable ${name} is set to nothing: its value ${problem}.`);
    tl.command('task.setvariable', { variable: name, isOutput: String(isOutput), issecret: 'false' }, text);
  };

  return {
    input: (name) => quietly(() => tl.getInput(name, false))?.trim() || undefined,
    variable: variableValue,
    hasVariable: (name) => variableNames().has(name.toLowerCase()),
    declaredVariables,
    secretValues,
    serviceConnection: (id) => ({
      url: quietly(() => tl.getEndpointUrl(id, true)) ?? undefined,
      username: quietly(() => tl.getEndpointAuthorizationParameter(id, 'username', true)) ?? undefined,
      password: quietly(() => tl.getEndpointAuthorizationParameter(id, 'password', true)) ?? undefined,
    }),
    jobConnection: () => ({
      url: variableValue('System.CollectionUri') ?? variableValue('System.TeamFoundationCollectionUri'),
      token: variableValue('System.AccessToken'),
    }),
    proxy: () => {
      const url = variableValue('Agent.ProxyUrl');
      return url === undefined
        ? undefined
        : {
            url,
            username: variableValue('Agent.ProxyUsername'),
            password: proxyPassword,
            bypassList: variableValue('Agent.ProxyBypassList'),
          };
    },
    certificates: () => ({
      caFile: variableValue('Agent.CAInfo'),
      certFile: variableValue('Agent.ClientCert'),
      keyFile: variableValue('Agent.ClientCertKey'),
      archiveFile: variableValue('Agent.ClientCertArchive'),
      passphrase: clientCertificatePassword,
    }),

    taskVariable: (name) => quietly(() => tl.getTaskVariable(name)) ?? undefined,
    setTaskVariable: (name, value) =>
      tl.command('task.settaskvariable', { variable: name, issecret: 'false' }, value),
    setOutput: (name, value) => setVariable(name, value, true),
    setVariable: (name, value) => setVariable(name, value, false),
    maskSecret: (value) => {
      const lines = value.split(/[\r\n]+/).filter((line) => line.trim() !== '');
      for (const line of lines) {
        // A brace on a line of its own, masked, would shred every log of the job.
        if (lines.length > 1 && line.trim().length < shortestSecret) continue;
        tl.setSecret(line);
        masked.push(line);
      }
      redact = redactorOf(masked);
      redactAll = undefined;
    },

    debug: (text) => tl.debug(shown(text)),
    info: (text) => process.stdout.write(`${shown(text)}\n`),
    warning,
    progress: (percent, text) =>
      tl.command('task.setprogress', { value: String(Math.floor(percent)) }, shown(text)),
    attachSummary: (file) => {
      redactFile(file, [...secretValues(), ...masked]);
      tl.command('task.uploadsummary', null, file);
    },
    complete: (result, message) => complete(result, shown(message)),
  };
}

/** The agent masks its logs, but no attachments. Markdown's escapes are a form of a secret of their own. */
function redactFile(file: string, secrets: readonly string[]): void {
  const redact = redactorOf(secrets.flatMap((secret) => [secret, markdownText(secret, secret.length)]));
  writeFileSync(file, redact(readFileSync(file, 'utf8')));
}

/** The result by command: task-lib's own enum writes "Cancelled", which the agent does not know. */
function complete(result: StepResult, message: string): void {
  if (result === 'Failed') tl.command('task.logissue', { type: 'error', source: 'TaskInternal' }, message);
  if (result === 'SucceededWithIssues')
    tl.command('task.logissue', { type: 'warning', source: 'TaskInternal' }, message);
  tl.command('task.complete', { result }, message);
}

let isQuiet = false;
tl.setStdStream({
  write: (chunk: string | Uint8Array) => isQuiet || process.stdout.write(chunk),
});

/** task-lib writes each value that it hands out into the debug log, secrets included; this keeps it from doing so. */
function quietly<T>(action: () => T): T {
  isQuiet = true;
  try {
    return action();
  } finally {
    isQuiet = false;
  }
}

function once<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
