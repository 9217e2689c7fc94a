import { organizationName } from '../azure/organization.ts';
import type { Environment } from '../command-context.ts';
import type { Config } from '../config.ts';
import { textOf } from '../json.ts';

/** Names that say nothing about anybody, and that our own sentences are full of. */
const commonWords = new Set(['port', 'azure', 'deploy', 'webhook', 'pipeline', 'project', 'main']);

/** What the file and the environment name, with what stands in its place. */
function namesOf(config: Config, environment: Environment): [name: string, mark: string][] {
  const { organizationUrl, project, pipelines, webhook, portConnection, portAccount, port, approvals } =
    config;
  const all: [string | undefined, string][] = [
    [organizationUrl, '<organization>'],
    [organizationName(organizationUrl), '<organization>'],
    [project, '<project>'],
    ...pipelines.map(({ name }): [string, string] => [name, '<pipeline>']),
    [webhook.name, '<webhook>'],
    ...[webhook.connection, portConnection].map((name): [string | undefined, string] => [
      name,
      '<connection>',
    ]),
    [portAccount?.identifier, '<account>'],
    ...[port.blueprints, port.actions]
      .flat()
      .map((each): [string, string] => [textOf(each.identifier), '<identifier>']),
    ...[approvals?.environments, approvals?.teams, approvals?.users, portAccount?.teams]
      .flatMap((names) => names ?? [])
      .map((name): [string, string] => [name, '<name>']),
    ...['PORT_CLIENT_ID', 'PORT_CLIENT_SECRET', 'AZURE_DEVOPS_EXT_PAT', 'SYSTEM_ACCESSTOKEN'].map(
      (name): [string | undefined, string] => [environment[name], '<secret>'],
    ),
  ];
  return all
    .filter((entry): entry is [string, string] => (entry[0] ?? '').length > 1)
    .filter(([name]) => !commonWords.has(name.toLowerCase()))
    .sort(([a], [b]) => b.length - a.length);
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** The hosts that say nothing about anybody. */
const publicHost = /^(?:[a-z0-9-]+\.)*(?:port\.io|getport\.io|dev\.azure\.com|microsoft\.com)$/i;

/** What looks like a name of somebody or something. */
const forms: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [
    /https?:\/\/[^\s"'<>]+/gi,
    (url) =>
      URL.canParse(url) && publicHost.test(new URL(url).hostname) ? new URL(url).origin : '<address>',
  ],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<mail>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?:r|wfr|wfnr)_[A-Za-z0-9]+\b/g, '<run>'],
  [/\bazverify_[a-z0-9]+/g, '<probe>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  // Tokens and keys; words of Port's errors have no digits.
  [/(?=[A-Za-z_+/=-]*\d)[A-Za-z0-9_+=-]{24,}/g, '<secret>'],
];

/** Makes a text one that may be shown to everybody: without the names of the file and the environment, and what looks like one. */
export function anonymizer(config: Config, environment: Environment): (text: string) => string {
  const names = namesOf(config, environment).map(([name, mark]): [RegExp, string] => [
    new RegExp(`(?<![\\p{L}\\p{N}])${escaped(name)}(?![\\p{L}\\p{N}])`, 'giu'),
    mark,
  ]);
  return (text) => {
    const withoutNames = names.reduce((rest, [pattern, mark]) => rest.replace(pattern, mark), text);
    return forms.reduce(
      (rest, [pattern, mark]) =>
        typeof mark === 'string' ? rest.replace(pattern, mark) : rest.replace(pattern, mark),
      withoutNames,
    );
  };
}
