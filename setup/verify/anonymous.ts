import { organizationName } from '../azure/organization.ts';
import type { Environment } from '../command-context.ts';
import type { Config } from '../config.ts';
import { textOf } from '../json.ts';

/** Names that say nothing about anybody, and that our own sentences are full of. */
const commonWords = new Set(['port', 'azure', 'deploy', 'webhook', 'pipeline', 'project', 'main']);

/** The hosts that say nothing about anybody. */
const publicHost = /^(?:[a-z0-9-]+\.)*(?:port\.io|getport\.io|dev\.azure\.com|microsoft\.com)$/i;

/** Variables that hold addresses of somebody's network. */
const addresses = ['PORT_BASE_URL', 'HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY'].flatMap((name) => [
  name,
  name.toLowerCase(),
]);
const secrets = [
  'PORT_CLIENT_ID',
  'PORT_CLIENT_SECRET',
  'AZURE_DEVOPS_EXT_PAT',
  'SYSTEM_ACCESSTOKEN',
  'AZURE_CLIENT_ID',
  'AZURE_CLIENT_SECRET',
  'AZURE_TENANT_ID',
];

/** The host of an address, and the domain that it is in, as a certificate names it; none of one that all know. */
function hostsIn(address: string | undefined): string[] {
  const url = (address ?? '').includes('://') ? address : `http://${address ?? ''}`;
  if (url === undefined || !URL.canParse(url)) return [];
  const { hostname } = new URL(url);
  if (publicHost.test(hostname)) return [];
  const domain = hostname.split('.').slice(1);
  return [hostname, ...(domain.length > 1 && !/^[\d.]+$/.test(hostname) ? [domain.join('.')] : [])];
}

/** A name with its account, such as `Ann (ann@example.com)`, and each by itself. */
const partsOf = (user = ''): string[] => [user, ...user.split(/[()]/).map((part) => part.trim())];

/** What the file and the environment name, with what stands in its place. */
function namesOf(
  config: Config,
  environment: Environment,
  user: string | undefined,
): [name: string, mark: string][] {
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
    ...partsOf(user).map((name): [string, string] => [name, '<name>']),
    ...[organizationUrl, port.url, ...addresses.map((name) => environment[name])]
      .flatMap(hostsIn)
      .map((host): [string, string] => [host, '<address>']),
    ...secrets.map((name): [string | undefined, string] => [environment[name], '<secret>']),
  ];
  return (
    all
      .filter((entry): entry is [string, string] => (entry[0] ?? '').length > 1)
      .filter(([name]) => !commonWords.has(name.toLowerCase()))
      // As an address writes it, too.
      .flatMap(([name, mark]) =>
        [...new Set([name, encodeURIComponent(name)])].map((each): [string, string] => [each, mark]),
      )
      .sort(([a], [b]) => b.length - a.length)
  );
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

/** What looks like a name of somebody or something. */
const forms: readonly (readonly [RegExp, string | ((found: string) => string)])[] = [
  [
    /https?:\/\/[^\s"'<>]+/gi,
    (url) =>
      URL.canParse(url) && publicHost.test(new URL(url).hostname) ? new URL(url).origin : '<address>',
  ],
  // A pipeline's file, in the words of a compiler.
  [/[^\s"'(]+\.ya?ml\b/gi, (file) => (file === 'port-azure.yml' ? file : '<file>')],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '<mail>'],
  [/\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b/gi, '<id>'],
  [/\b(?:r|wfr|wfnr)_[A-Za-z0-9]+\b/g, '<run>'],
  [/\bazverify_[a-z0-9]+/g, '<probe>'],
  // What Node could not reach, and whose certificate it was shown.
  [/\b(E[A-Z_]{5,} )(?=\S*[.:])[^\s,;)]+/g, '$1<address>'],
  [/\b(DNS:|IP Address:|Host: )[^\s,;)]+/g, '$1<address>'],
  [/(?<=[\\/](?:home|users)[\\/])[^\s\\/'"]+/gi, '<name>'],
  [/\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b/g, '<address>'],
  // Tokens and keys; words of Port's errors have no digits.
  [/(?=[A-Za-z_+/=-]*\d)[A-Za-z0-9_+=-]{24,}/g, '<secret>'],
];

/**
 * Makes a text one that may be shown to everybody: without the names of the file and the environment, and what looks like one.
 * @param user who is signed in to Azure DevOps, whom refusals name
 */
export function anonymizer(
  config: Config,
  environment: Environment,
  user?: string,
): (text: string) => string {
  const names = namesOf(config, environment, user).map(([name, mark]): [RegExp, string] => [
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
