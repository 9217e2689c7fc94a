import pc from 'picocolors';
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

/** A line for a POSIX shell that executes an action which needs no entity; where there is none, it runs a pipeline. */
export function curlLine(loop: Loop): string {
  const { port, azureDevOps } = loop;
  const send = (url: string, body: unknown): string =>
    `curl -s ${quoted(url)} -H 'Content-Type: application/json' -d ${quoted(JSON.stringify(body))}`;
  const forms = formGroups(loop).flatMap((group) => group.forms);
  const [, action = ''] =
    forms
      .filter(({ fields }) => !fields.some(({ id }) => id === '/entity'))
      .map(({ id }) => /^action\/(.*)/s.exec(id))
      .find((match) => match !== null) ?? [];
  if (action === '') {
    const runs = `${azureDevOps.organizationUrl}/${encodeURIComponent(azureDevOps.project.name)}/_apis/pipelines/1/runs?api-version=7.1`;
    return `${send(runs, {})} -u :${azureDevOps.personalAccessToken}`;
  }
  const { clientId, clientSecret } = port;
  const token = `${send(`${port.url}/v1/auth/access_token`, { clientId, clientSecret })} | sed 's/.*"accessToken":"\\([^"]*\\)".*/\\1/'`;
  const fields = forms.find(({ id }) => id === `action/${action}`)?.fields ?? [];
  const body = { properties: valuesOf(fields, exampleValues(fields)) };
  return `${send(`${port.url}/v1/actions/${encodeURIComponent(action)}/runs`, body)} -H "Authorization: Bearer $(${token})"`;
}

const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;

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
