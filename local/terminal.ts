import { colors as pc } from '../setup/colors.ts';
import type { Loop } from './loop.ts';
import { exampleValues, formGroups, valuesOf } from './page/forms.ts';
import { type Item, type View, type Watch, watchView } from './page/view.ts';

/** Where the two products are, and how to sign in. */
export function describeLoop({ port, azureDevOps }: Loop): string {
  const lines = [
    ['Port', port.url],
    ['', `client id ${port.clientId}, client secret ${port.clientSecret}`],
    ['Azure DevOps', `${azureDevOps.organizationUrl}, project ${azureDevOps.project.name}`],
    ['', `personal access token ${azureDevOps.personalAccessToken}`],
  ];
  return lines.map(([name = '', text = '']) => `${pc.bold(name.padEnd(13))} ${text}`).join('\n');
}

/** How a shell posts JSON: to Azure DevOps with a personal access token, to Port with a token that it is asked for first. */
interface PostingShell {
  post(url: string, body: unknown): string;
  postWithPat(url: string, body: unknown, pat: string): string;
  /** `tokenRequest` is answered with `accessToken`. */
  postWithToken(url: string, body: unknown, tokenRequest: string): string;
}

const posix: PostingShell = {
  post: (url, body) =>
    `curl -s ${quoted(url)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`,
  postWithPat: (url, body, pat) => `${posix.post(url, body)} -u :${pat}`,
  postWithToken: (url, body, tokenRequest) =>
    `${posix.post(url, body)} -H "Authorization: Bearer $(${tokenRequest} | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/')"`,
};

const powerShell: PostingShell = {
  post: (url, body) =>
    `Invoke-RestMethod -Method Post -ContentType 'application/json' -Uri ${quotedForPowerShell(url)} -Body ${quotedForPowerShell(JSON.stringify(body))}`,
  postWithPat: (url, body, pat) =>
    `${powerShell.post(url, body)} -Headers @{ Authorization = 'Basic ${Buffer.from(`:${pat}`).toString('base64')}' }`,
  postWithToken: (url, body, tokenRequest) =>
    `${powerShell.post(url, body)} -Headers @{ Authorization = "Bearer $((${tokenRequest}).accessToken)" }`,
};

/**
 * A line for the machine's shell that executes an action which needs no entity; where there is none, it runs a pipeline.
 */
export function executeLine(loop: Loop, shell = process.platform === 'win32' ? powerShell : posix): string {
  const { port, azureDevOps } = loop;
  const forms = formGroups(loop).flatMap((group) => group.forms);
  const [, action = ''] =
    forms
      .filter(({ fields }) => !fields.some(({ id }) => id === '/entity'))
      .map(({ id }) => /^action\/(.*)/s.exec(id))
      .find((match) => match !== null) ?? [];
  if (action === '') {
    const runs = `${azureDevOps.organizationUrl}/${encodeURIComponent(azureDevOps.project.name)}/_apis/pipelines/1/runs?api-version=7.1`;
    return shell.postWithPat(runs, {}, azureDevOps.personalAccessToken);
  }
  const { clientId, clientSecret } = port;
  const token = shell.post(`${port.url}/v1/auth/access_token`, { clientId, clientSecret });
  const fields = forms.find(({ id }) => id === `action/${action}`)?.fields ?? [];
  const body = { properties: valuesOf(fields, exampleValues(fields)) };
  return shell.postWithToken(`${port.url}/v1/actions/${encodeURIComponent(action)}/runs`, body, token);
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
const quotedForPowerShell = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Prints what happens to runs and entities, as it happens. */
export function printChanges(loop: Loop, print: (line: string) => void): Watch {
  const before = new Map<string, Item>();
  return watchView(loop, (view) => {
    for (const line of changesIn(view, before)) print(line);
  });
}

function* changesIn({ runs, builds, entities }: View, before: Map<string, Item>): Generator<string> {
  for (const item of [...builds, ...runs, ...entities].reverse()) {
    const old = before.get(item.id) ?? { ...item, status: '-', facts: [], links: [], log: '' };
    before.set(item.id, item);
    if (item.status !== old.status || item.label !== old.label)
      yield `${pc.bold(item.title)}  ${statusOf(item)}`;
    for (const [name, value] of item.facts)
      if (!old.facts.some((fact) => fact[0] === name && fact[1] === value))
        yield `  ${name.padEnd(15)} ${value}`;
    for (const { text } of item.links.slice(old.links.length)) yield `  ${'link'.padEnd(15)} ${text}`;
    const log = item.log.slice(old.log.length).trimEnd();
    const isPipeline = builds.includes(item);
    if (log !== '')
      for (const line of log.split('\n'))
        yield isPipeline ? pc.dim(`  | ${line}`) : `  ${'log'.padEnd(15)} ${line}`;
  }
}

function statusOf({ status, label }: Item): string {
  const color = /^succe/i.test(status) ? pc.green : /^fail/i.test(status) ? pc.red : pc.cyan;
  return `${color(status)}${label === '' ? '' : ` "${label}"`}`;
}
